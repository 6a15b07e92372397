package dev.ringscope.emulator.insn;

/** Blocks executed and not yet given to the recorder, as {@link dev.ringscope.emulator.Recorder#flow} takes them. */
public final class BlockFlow {
    static final int CAPACITY = 1 << 12;

    public final int[] entries = new int[CAPACITY];
    public int count;
}
