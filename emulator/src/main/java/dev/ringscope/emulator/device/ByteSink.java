package dev.ringscope.emulator.device;

/** Takes the bytes that a device sends out of the machine, 0..255 each, in order. */
@FunctionalInterface
public interface ByteSink {
    void accept(int value);

    /** Whether nobody takes them any more: the last one was lost. */
    default boolean broken() {
        return false;
    }
}
