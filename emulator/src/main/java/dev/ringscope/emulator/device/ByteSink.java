package dev.ringscope.emulator.device;

/** Takes the bytes that a device sends out of the machine, 0..255 each, in order. */
@FunctionalInterface
public interface ByteSink {
    /** What a line leads to that has nobody at its other end. */
    ByteSink NOTHING = value -> {};

    void accept(int value);

    /** Whether nobody takes them any more: the last one was lost. */
    default boolean broken() {
        return false;
    }
}
