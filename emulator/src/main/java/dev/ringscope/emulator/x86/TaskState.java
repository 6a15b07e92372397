package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.TR;

/** What the processor takes from the current task-state segment on its own (Intel SDM vol. 3A, 5.8.5, 7.2 and 7.7). */
final class TaskState {
    /** Stack pointer of an inner ring; {@code ss} is -1 in IA-32e mode, which has none. */
    record InnerStack(int ss, long sp) {}

    private TaskState() {}

    static boolean is16(X86Cpu cpu) {
        return (cpu.seg[TR].type() & ~2) == Descriptor.TSS16;
    }

    /** SSn:ESPn of ring {@code dpl}, #TS with TR's selector if the TSS is too small to hold it. */
    static InnerStack stack(X86Cpu cpu, int dpl) {
        if (cpu.longMode()) {
            return new InnerStack(-1, read(cpu, 4 + 8 * dpl, 8));
        }
        if (is16(cpu)) {
            long sp = read(cpu, 2 + 4 * dpl, 4);
            return new InnerStack((int) (sp >>> 16) & 0xffff, sp & 0xffff);
        }
        long ss = read(cpu, 8 + 8 * dpl, 2);
        return new InnerStack((int) ss & 0xffff, read(cpu, 4 + 8 * dpl, 4) & 0xffff_ffffL);
    }

    /** Interrupt stack table entry 1..7 of a 64-bit TSS. */
    static long interruptStack(X86Cpu cpu, int ist) {
        return read(cpu, 28 + 8 * ist, 8);
    }

    private static long read(X86Cpu cpu, int offset, int size) {
        Segment tr = cpu.seg[TR];
        if (offset + size - 1 > tr.limit) {
            throw Fault.ts(tr.selector & ~3, Reason.TSS_LIMIT, tr.limit);
        }
        return cpu.loadSystem(cpu.segmentation.wrap(tr.base + offset), size);
    }

    /**
     * The stack of ring {@code cpl} that the TSS gives for a gate to an inner ring: #TS if selector or descriptor do
     * not fit.
     *
     * @param frame bytes that will be pushed: #SS if they do not fit
     */
    static PendingStack innerStack(X86Cpu cpu, int cpl, int frame) {
        InnerStack found = stack(cpu, cpl);
        if (found.ss() == -1) {
            return PendingStack.flat(cpu, cpl, found.sp());
        }
        if ((found.ss() & ~3) == 0) {
            throw Fault.ts(0, Reason.NULL_SELECTOR, found.ss());
        }
        Descriptor d = DataSegments.checkedStack(cpu, found.ss(), cpl, Fault.TS);
        return PendingStack.inner(cpu, d, cpl, found.sp()).need(frame);
    }
}
