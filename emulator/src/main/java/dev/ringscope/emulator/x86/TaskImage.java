package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.TR;

/**
 * A task's registers as a TSS keeps them (Intel SDM vol. 3A, 7.2.1, figure 7-2, and 7.6, figure 7-10).
 *
 * @param registers EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI
 * @param segments selectors of ES, CS, SS, DS, FS, GS
 * @param trap the T bit: a debug exception when the task is entered
 */
record TaskImage(long cr3, long pc, int flags, long[] registers, int[] segments, int ldt, boolean trap) {
    private static final int LIMIT32 = 0x67;
    private static final int LIMIT16 = 0x2b;

    private static final int CR3 = 0x1c;
    private static final int EIP = 0x20;
    private static final int REGISTERS = 0x28;
    private static final int SEGMENTS = 0x48;
    private static final int LDT = 0x60;
    private static final int T = 0x64;

    private static final int IP16 = 0xe;
    private static final int REGISTERS16 = 0x12;
    private static final int SEGMENTS16 = 0x22;
    private static final int LDT16 = 0x2a;

    /** Reads all of it, with #TS if the segment is too small for it. */
    static TaskImage read(X86Cpu cpu, Descriptor tss) {
        boolean wide = (tss.type() & 8) != 0;
        if (tss.limit() < (wide ? LIMIT32 : LIMIT16)) {
            throw Fault.ts(tss.errorCode(), Reason.TSS_LIMIT, tss.limit());
        }
        return wide ? read32(cpu, tss.base()) : read16(cpu, tss.base());
    }

    private static TaskImage read32(X86Cpu cpu, long base) {
        long[] registers = new long[8];
        for (int n = 0; n < 8; n++) {
            registers[n] = word(cpu, base + REGISTERS + 4 * n, 4);
        }
        int[] segments = new int[6];
        for (int n = 0; n < 6; n++) {
            segments[n] = (int) word(cpu, base + SEGMENTS + 4 * n, 2);
        }
        return new TaskImage(
                word(cpu, base + CR3, 4),
                word(cpu, base + EIP, 4),
                (int) word(cpu, base + EIP + 4, 4),
                registers,
                segments,
                (int) word(cpu, base + LDT, 2),
                (word(cpu, base + T, 2) & 1) != 0);
    }

    /** A 16-bit TSS has neither CR3, FS, GS nor the upper halves: CR3 stays, FS and GS become null, the halves stay. */
    private static TaskImage read16(X86Cpu cpu, long base) {
        long[] registers = new long[8];
        for (int n = 0; n < 8; n++) {
            registers[n] = cpu.r[n] & 0xffff_0000L | word(cpu, base + REGISTERS16 + 2 * n, 2);
        }
        int[] segments = new int[6];
        for (int n = 0; n < 4; n++) {
            segments[n] = (int) word(cpu, base + SEGMENTS16 + 2 * n, 2);
        }
        int flags = (int) word(cpu, base + IP16 + 2, 2);
        int ldt = (int) word(cpu, base + LDT16, 2);
        return new TaskImage(cpu.cr3, word(cpu, base + IP16, 2), flags, registers, segments, ldt, false);
    }

    /** Writes the running task's registers into its TSS. */
    static void save(X86Cpu cpu, long pc, int flags) {
        Segment tr = cpu.seg[TR];
        boolean wide = (tr.type() & 8) != 0;
        if (tr.limit < (wide ? LIMIT32 : LIMIT16)) {
            throw Fault.ts(tr.selector & ~3, Reason.TSS_LIMIT, tr.limit);
        }
        int w = wide ? 4 : 2;
        long at = tr.base + (wide ? EIP : IP16);
        cpu.storeSystem(at, w, pc);
        cpu.storeSystem(at + w, w, flags);
        for (int n = 0; n < 8; n++) {
            cpu.storeSystem(tr.base + (wide ? REGISTERS : REGISTERS16) + (long) w * n, w, cpu.r[n]);
        }
        for (int n = 0; n < (wide ? 6 : 4); n++) {
            cpu.storeSystem(tr.base + (wide ? SEGMENTS : SEGMENTS16) + (long) w * n, 2, cpu.seg[n].selector);
        }
    }

    private static long word(X86Cpu cpu, long linear, int size) {
        return cpu.loadSystem(linear, size) & (size == 2 ? 0xffff : 0xffff_ffffL);
    }
}
