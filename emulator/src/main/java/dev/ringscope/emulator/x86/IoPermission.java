package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.TR;

/** Who may use I/O ports: IOPL, and beyond it the TSS's bitmap (Intel SDM vol. 1, 19.5; vol. 3A, 7.2.1). */
final class IoPermission {
    private static final int MAP_BASE = 0x66;

    private IoPermission() {}

    /** #GP(0) unless the program may access {@code size} ports from {@code port} on. */
    static void check(X86Cpu cpu, int port, int size) {
        if (!cpu.protectedMode() || cpu.cpl <= cpu.iopl() && !cpu.v86()) {
            return;
        }
        Segment tr = cpu.seg[TR];
        if (!tr.present() || TaskState.is16(cpu) || tr.limit < MAP_BASE + 1) {
            throw Fault.gp(0, Reason.IO_BITMAP, port);
        }
        long at = bitmapBase(cpu) + port / 8;
        // Two bytes are always read, which is why the bitmap must be followed by a byte of ones.
        if (at + 1 > tr.limit) {
            throw Fault.gp(0, Reason.IO_BITMAP, port);
        }
        long bits = cpu.loadSystem(cpu.segmentation.wrap(tr.base + at), 2) >>> (port & 7);
        if ((bits & (1 << size) - 1) != 0) {
            throw Fault.gp(0, Reason.IO_BITMAP, port);
        }
    }

    /** Offset of the I/O permission bitmap in the TSS. */
    static long bitmapBase(X86Cpu cpu) {
        Segment tr = cpu.seg[TR];
        if (tr.limit < MAP_BASE + 1) {
            throw Fault.gp(0, Reason.TSS_LIMIT, tr.limit);
        }
        return cpu.loadSystem(cpu.segmentation.wrap(tr.base + MAP_BASE), 2) & 0xffff;
    }
}
