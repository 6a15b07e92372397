package dev.ringscope.emulator.x86;

/**
 * An entry of the GDT or the LDT as found in memory (Intel SDM vol. 3A, 3.4.5, 3.5, 5.8.3 and 7.2.2). System segments
 * and gates of IA-32e mode are 16 bytes long; every other entry has eight.
 *
 * @param selector the selector it was found with
 * @param address linear address of the entry
 * @param low its first eight bytes
 * @param high the next eight of a 16-byte entry, else 0
 */
public record Descriptor(int selector, long address, long low, long high) {
    /**
     * System types of legacy mode; in IA-32e mode only LDT, the 32-bit numbers for the TSS and the gates, meaning 64
     * bits.
     */
    public static final int TSS16 = 1, LDT = 2, TSS16_BUSY = 3, CALL_GATE16 = 4, TASK_GATE = 5, INTERRUPT_GATE16 = 6;

    public static final int TRAP_GATE16 = 7,
            TSS = 9,
            TSS_BUSY = 11,
            CALL_GATE = 12,
            INTERRUPT_GATE = 14,
            TRAP_GATE = 15;

    /** The bits that {@link Segment#access} holds. */
    public int access() {
        return (int) (low >>> 40) & 0xf0ff;
    }

    /** Type bits, S included: 0..15 are system types, 16..31 data and code. */
    public int type() {
        return access() & 0x1f;
    }

    /**
     * The type bits in the upper half of a 16-byte entry, which must be clear: else it is two entries taken for one.
     */
    public boolean whole() {
        return (high >>> 40 & 0x1f) == 0;
    }

    public int dpl() {
        return access() >> 5 & 3;
    }

    public int rpl() {
        return selector & 3;
    }

    public boolean present() {
        return (access() & Segment.PRESENT) != 0;
    }

    public boolean codeOrData() {
        return (access() & Segment.S) != 0;
    }

    public boolean code() {
        return (access() & (Segment.S | Segment.CODE)) == (Segment.S | Segment.CODE);
    }

    public boolean conforming() {
        return code() && (access() & Segment.CONFORMING) != 0;
    }

    public boolean readable() {
        return codeOrData() && (!code() || (access() & Segment.READABLE) != 0);
    }

    public boolean writableData() {
        return (access() & (Segment.S | Segment.CODE | Segment.WRITABLE)) == (Segment.S | Segment.WRITABLE);
    }

    public boolean longMode() {
        return (access() & Segment.LONG) != 0;
    }

    public boolean big() {
        return (access() & Segment.BIG) != 0;
    }

    /** Base address; 64 bits for the system segments of IA-32e mode. */
    public long base() {
        return low >>> 16 & 0xff_ffff | (low >>> 56) << 24 | high << 32;
    }

    /** Last valid offset, in bytes. */
    public long limit() {
        long limit = low & 0xffff | low >>> 32 & 0xf_0000;
        return (access() & Segment.GRANULAR) != 0 ? limit << 12 | 0xfff : limit;
    }

    /** The selector as an error code names it: without RPL. */
    public int errorCode() {
        return selector & ~3;
    }

    // ---- gates ------------------------------------------------------------------------------------------------------

    public int gateSelector() {
        return (int) (low >>> 16) & 0xffff;
    }

    /** Offset in the target segment: 16, 32 or, for a 16-byte gate, 64 bits. */
    public long gateOffset() {
        long low16 = low & 0xffff;
        return switch (type()) {
            case CALL_GATE16, INTERRUPT_GATE16, TRAP_GATE16 -> low16;
            default -> low16 | low >>> 32 & 0xffff_0000L | high << 32;
        };
    }

    /** Parameters that a call gate copies: 0..31. */
    public int parameters() {
        return (int) (low >>> 32) & 0x1f;
    }

    /** Interrupt stack table entry of a 64-bit interrupt or trap gate: 1..7, 0 = none. */
    public int ist() {
        return (int) (low >>> 32) & 7;
    }
}
