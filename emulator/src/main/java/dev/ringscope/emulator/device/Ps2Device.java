package dev.ringscope.emulator.device;

/** What hangs at one of the two serial ports of the {@link I8042}. */
sealed interface Ps2Device permits Ps2Keyboard, Ps2Mouse {
    /** A byte from the controller. */
    void receive(int value);

    /** Bytes for the controller, which takes them one by one. */
    ByteQueue output();

    /** @param ready called when there is something new in {@link #output} */
    void connect(Runnable ready);
}
