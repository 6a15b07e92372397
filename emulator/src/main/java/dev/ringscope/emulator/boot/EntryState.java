package dev.ringscope.emulator.boot;

/**
 * How the processor starts a guest: what differs from the state after power-on. Interrupts are off; descriptors have
 * base 0 and limit 4 GiB but for {@link Mode#REAL}.
 *
 * @param codeSelector CS; in real mode its base is 16 times that
 * @param dataSelector the other five segment registers
 * @param pc offset in CS
 * @param cr3 physical address of the PML4, for {@link Mode#LONG64} only
 * @param gdtBase linear address of the descriptor table that holds those selectors; a limit of 0 means none
 * @param registers the general registers, in the numbering of the instruction set (RAX, RCX, RDX, RBX, RSP ...)
 */
public record EntryState(
        Mode mode,
        int codeSelector,
        int dataSelector,
        long pc,
        long cr3,
        long gdtBase,
        int gdtLimit,
        long[] registers) {
    /** The mode of the first instruction. */
    public enum Mode {
        /** As after power-on: the instruction 16 bytes below 4 GiB. The other parameters mean nothing. */
        RESET_VECTOR,
        REAL,
        /** 32-bit code, paging off. */
        PROTECTED32,
        /** 64-bit code, four-level paging. */
        LONG64
    }

    public static final int RAX = 0, RCX = 1, RDX = 2, RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7;

    static EntryState atResetVector() {
        return new EntryState(Mode.RESET_VECTOR, 0, 0, 0, 0, 0, 0, new long[16]);
    }

    static EntryState real(int code, int data, long ip) {
        return new EntryState(Mode.REAL, code, data, ip, 0, 0, 0, new long[16]);
    }

    /** With the selectors of {@link FlatGdt}. */
    static EntryState protected32(long gdtBase, long eip) {
        return new EntryState(
                Mode.PROTECTED32, FlatGdt.CODE, FlatGdt.DATA, eip, 0, gdtBase, FlatGdt.SIZE - 1, new long[16]);
    }

    /** The same but for one general register. */
    EntryState with(int register, long value) {
        long[] changed = registers.clone();
        changed[register] = value;
        return new EntryState(mode, codeSelector, dataSelector, pc, cr3, gdtBase, gdtLimit, changed);
    }
}
