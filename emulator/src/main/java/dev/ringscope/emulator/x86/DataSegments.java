package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.ES;
import static dev.ringscope.emulator.insn.Instruction.FS;
import static dev.ringscope.emulator.insn.Instruction.GS;
import static dev.ringscope.emulator.insn.Instruction.SS;

import dev.ringscope.emulator.insn.Instruction;

/**
 * Loading SS, DS, ES, FS and GS (Intel SDM vol. 3A, 5.6 and 5.7; vol. 2, MOV, "Loading a segment register while in
 * protected mode").
 */
final class DataSegments {
    /** Access rights of segments in virtual-8086 mode: present, DPL 3, writable data, accessed. */
    static final int V86_ACCESS = 0xf3;

    private static final int REAL_ACCESS = 0x93;

    private DataSegments() {}

    /** Loads a data or stack segment register as MOV and POP do, in any mode. Nothing changes if it faults. */
    static void load(X86Cpu cpu, int segment, int selector) {
        if (cpu.realOrV86()) {
            loadParagraph(cpu, segment, selector);
        } else if ((selector & ~3) == 0) {
            loadNull(cpu, segment, selector);
        } else if (segment == SS) {
            loadStack(cpu, checkedStack(cpu, selector, cpu.cpl, Fault.GP));
        } else {
            Descriptor d = checked(cpu, selector, Fault.GP);
            cpu.segmentation.markAccessed(d);
            Segmentation.fill(cpu.seg[segment], selector, d);
        }
        if (segment == SS) {
            cpu.modeChanged();
        }
    }

    /** Real-address and virtual-8086 mode: the base is the selector times 16. */
    static void loadParagraph(X86Cpu cpu, int segment, int selector) {
        Segment s = cpu.seg[segment];
        long base = (selector & 0xffffL) << 4;
        if (cpu.v86()) {
            s.set(selector & 0xffff, base, 0xffff, V86_ACCESS);
        } else {
            // Limit and size stay as protected mode left them, which "unreal mode" lives on.
            long limit = s.present() ? s.limit : 0xffff;
            s.set(selector & 0xffff, base, limit, s.access & (Segment.BIG | Segment.GRANULAR) | REAL_ACCESS);
        }
    }

    private static void loadNull(X86Cpu cpu, int segment, int selector) {
        if (segment == SS && !nullStackAllowed(cpu.code64(), cpu.cpl, selector)) {
            throw Fault.gp(0, Reason.NULL_SELECTOR, selector);
        }
        setNull(cpu.seg[segment], selector);
    }

    /** 64-bit mode below ring 3 runs on a null SS whose RPL is CPL. */
    static boolean nullStackAllowed(boolean code64, int cpl, int selector) {
        return code64 && cpl != 3 && (selector & 3) == cpl;
    }

    /**
     * A null selector's hidden part: unusable; Intel processors clear the base of FS and GS as well. DPL is kept as
     * RPL.
     */
    static void setNull(Segment s, int selector) {
        s.set(selector, 0, 0, (selector & 3) << 5);
    }

    /** The descriptor for DS, ES, FS or GS, all checks made. */
    static Descriptor checked(X86Cpu cpu, int selector, int vector) {
        Descriptor d = cpu.segmentation.read(selector, vector);
        if (!d.codeOrData() || !d.readable()) {
            throw new Fault(vector, d.errorCode(), Reason.DESCRIPTOR_TYPE, d.low(), 0);
        }
        if (!d.conforming() && (d.rpl() > d.dpl() || cpu.cpl > d.dpl())) {
            throw new Fault(vector, d.errorCode(), Reason.DESCRIPTOR_PRIVILEGE, selector, 0);
        }
        if (!d.present()) {
            throw Fault.np(d.errorCode(), Reason.SEGMENT_NOT_PRESENT, selector);
        }
        return d;
    }

    /**
     * The descriptor for SS at a privilege level, all checks made.
     *
     * @param vector #GP where an instruction names the selector, #TS where it comes from a TSS
     */
    static Descriptor checkedStack(X86Cpu cpu, int selector, int cpl, int vector) {
        Descriptor d = cpu.segmentation.read(selector, vector);
        if (d.rpl() != cpl || d.dpl() != cpl) {
            throw new Fault(vector, d.errorCode(), Reason.DESCRIPTOR_PRIVILEGE, selector, 0);
        }
        if (!d.writableData()) {
            throw new Fault(vector, d.errorCode(), Reason.STACK_SEGMENT, d.low(), 0);
        }
        if (!d.present()) {
            throw Fault.ss(d.errorCode(), Reason.SEGMENT_NOT_PRESENT, selector);
        }
        return d;
    }

    private static void loadStack(X86Cpu cpu, Descriptor d) {
        cpu.segmentation.markAccessed(d);
        Segmentation.fill(cpu.seg[SS], d.selector(), d);
    }

    /** On return to an outer ring: registers whose segment that ring may not use become null (vol. 2, RET and IRET). */
    static void dropInner(X86Cpu cpu) {
        for (int segment : new int[] {ES, Instruction.DS, FS, GS}) {
            Segment s = cpu.seg[segment];
            boolean conforming = s.code() && (s.access & Segment.CONFORMING) != 0;
            if (s.present() && s.dpl() < cpu.cpl && !conforming) {
                setNull(s, 0);
            }
        }
    }
}
