package dev.ringscope.emulator;

/**
 * Register writes of the guest in order, as columns: what a register holds after an instruction where it differs from
 * before. The program counter is not among them.
 */
public final class RegisterLog {
    public static final int CAPACITY = 1 << 14;

    /** Place in {@link MachineDescription#registers}, times 8, plus the number of the 64-bit word from the low end. */
    public final int[] part = new int[CAPACITY];

    public final long[] value = new long[CAPACITY];
    /** The position of the instruction that wrote it, less {@link #base}. */
    public final int[] instruction = new int[CAPACITY];

    public long base;
    public int count;
}
