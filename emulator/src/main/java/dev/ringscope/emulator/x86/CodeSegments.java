package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;

/**
 * Loading CS: the checks of direct far transfers, of gates and of returns (Intel SDM vol. 3A, 5.8; vol. 2, JMP, CALL,
 * RET and IRET). None of the checks changes anything.
 */
final class CodeSegments {
    private CodeSegments() {}

    /** Checks the target of a JMP or CALL that names a code segment itself. */
    static void checkDirect(X86Cpu cpu, Descriptor d) {
        checkSizes(cpu, d);
        boolean permitted = d.conforming() ? d.dpl() <= cpu.cpl : d.dpl() == cpu.cpl && d.rpl() <= cpu.cpl;
        if (!permitted) {
            throw Fault.gp(d.errorCode(), Reason.DESCRIPTOR_PRIVILEGE, d.selector());
        }
        checkPresent(d);
    }

    /**
     * The code segment that a RET or IRET goes back to.
     *
     * @throws Fault #GP or #NP with the selector
     */
    static Descriptor checkedReturn(X86Cpu cpu, int selector) {
        Descriptor d = cpu.segmentation.readNonNull(selector, Fault.GP);
        if (!d.code()) {
            throw Fault.gp(d.errorCode(), Reason.DESCRIPTOR_TYPE, d.low());
        }
        if (d.rpl() < cpu.cpl || (d.conforming() ? d.dpl() > d.rpl() : d.dpl() != d.rpl())) {
            throw Fault.gp(d.errorCode(), Reason.DESCRIPTOR_PRIVILEGE, selector);
        }
        checkSizes(cpu, d);
        checkPresent(d);
        return d;
    }

    /** IA-32e mode reserves L together with D. */
    private static void checkSizes(X86Cpu cpu, Descriptor d) {
        if (cpu.longMode() && d.longMode() && d.big()) {
            throw Fault.gp(d.errorCode(), Reason.DESCRIPTOR_TYPE, d.low());
        }
    }

    static void checkPresent(Descriptor d) {
        if (!d.present()) {
            throw Fault.np(d.errorCode(), Reason.SEGMENT_NOT_PRESENT, d.selector());
        }
    }

    /** Whether code in this segment will run in 64-bit mode. */
    static boolean code64(X86Cpu cpu, Descriptor d) {
        return cpu.longMode() && d.longMode();
    }

    /** #GP(0) unless the offset lies in the segment, or is canonical in a 64-bit one. */
    static void checkOffset(X86Cpu cpu, Descriptor d, long offset) {
        if (code64(cpu, d)) {
            if (!Segmentation.canonical(offset)) {
                throw Fault.gp(0, Reason.NON_CANONICAL, offset);
            }
        } else if ((offset & 0xffff_ffffL) > d.limit()) {
            throw Fault.gp(0, Reason.SEGMENT_LIMIT, offset);
        }
    }

    /**
     * Loads CS with that descriptor and goes to the offset at a privilege level. Only marking it accessed can fault.
     */
    static void enter(X86Cpu cpu, Descriptor d, int cpl, long offset) {
        cpu.segmentation.markAccessed(d);
        Segmentation.fill(cpu.seg[CS], d.selector() & ~3 | cpl, d);
        cpu.cpl = cpl;
        cpu.pc = code64(cpu, d) ? offset : offset & 0xffff_ffffL;
        cpu.modeChanged();
    }

    /** Real-address and virtual-8086 mode: CS is a paragraph. */
    static void enterParagraph(X86Cpu cpu, int selector, long offset) {
        if ((offset & 0xffff_ffffL) > (cpu.v86() ? 0xffff : cpu.seg[CS].limit)) {
            throw Fault.gp(0, Reason.SEGMENT_LIMIT, offset);
        }
        DataSegments.loadParagraph(cpu, CS, selector);
        cpu.pc = offset & 0xffff_ffffL;
        cpu.modeChanged();
    }
}
