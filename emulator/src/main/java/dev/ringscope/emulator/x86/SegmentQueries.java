package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * Asking about selectors without loading them (Intel SDM vol. 3A, 5.10; vol. 2, LAR, LSL, VERR, VERW, ARPL): the answer
 * is in ZF, and a selector that does not fit is no fault.
 */
final class SegmentQueries {
    private SegmentQueries() {}

    @Insn(enc = {"0F 02 /r Gv,Rv", "0F 02 /r Gv,Mw"})
    static void lar(X86Cpu cpu, Instruction i) {
        SystemSegments.requireProtected(cpu);
        Descriptor d = visible(cpu, selector(cpu, i));
        boolean fits = d != null && larType(cpu, d);
        if (fits) {
            cpu.writeG(i, i.operandSize, d.low() >>> 32 & 0xff_ff00);
        }
        setZero(cpu, fits);
    }

    private static boolean larType(X86Cpu cpu, Descriptor d) {
        return switch (d.type()) {
            case Descriptor.TSS16, Descriptor.TSS16_BUSY, Descriptor.CALL_GATE16, Descriptor.TASK_GATE ->
                !cpu.longMode();
            case Descriptor.LDT, Descriptor.TSS, Descriptor.TSS_BUSY, Descriptor.CALL_GATE -> true;
            default -> d.codeOrData();
        };
    }

    @Insn(enc = {"0F 03 /r Gv,Rv", "0F 03 /r Gv,Mw"})
    static void lsl(X86Cpu cpu, Instruction i) {
        SystemSegments.requireProtected(cpu);
        Descriptor d = visible(cpu, selector(cpu, i));
        boolean fits = d != null && lslType(cpu, d);
        if (fits) {
            cpu.writeG(i, i.operandSize, d.limit());
        }
        setZero(cpu, fits);
    }

    private static boolean lslType(X86Cpu cpu, Descriptor d) {
        return switch (d.type()) {
            case Descriptor.TSS16, Descriptor.TSS16_BUSY -> !cpu.longMode();
            case Descriptor.LDT, Descriptor.TSS, Descriptor.TSS_BUSY -> true;
            default -> d.codeOrData();
        };
    }

    @Insn(enc = "0F 00 /4 Ew")
    static void verr(X86Cpu cpu, Instruction i) {
        SystemSegments.requireProtected(cpu);
        Descriptor d = visible(cpu, selector(cpu, i));
        setZero(cpu, d != null && d.readable());
    }

    @Insn(enc = "0F 00 /5 Ew")
    static void verw(X86Cpu cpu, Instruction i) {
        SystemSegments.requireProtected(cpu);
        Descriptor d = visible(cpu, selector(cpu, i));
        setZero(cpu, d != null && d.writableData());
    }

    @Insn(enc = "63 /r Ew,Gw i64")
    static void arpl(X86Cpu cpu, Instruction i) {
        SystemSegments.requireProtected(cpu);
        int destination = (int) cpu.readE(i, 2) & 0xffff;
        int rpl = (int) cpu.readG(i, 2) & 3;
        boolean raise = (destination & 3) < rpl;
        if (raise) {
            cpu.writeE(i, 2, destination & ~3 | rpl);
        }
        setZero(cpu, raise);
    }

    private static int selector(X86Cpu cpu, Instruction i) {
        return (int) cpu.readE(i, 2) & 0xffff;
    }

    /** The descriptor if selector, DPL, RPL and CPL let this program see it, else null. */
    private static Descriptor visible(X86Cpu cpu, int selector) {
        Descriptor d = (selector & ~3) == 0 ? null : cpu.segmentation.find(selector);
        boolean privileged = d != null && (d.conforming() || cpu.cpl <= d.dpl() && d.rpl() <= d.dpl());
        return privileged ? d : null;
    }

    private static void setZero(X86Cpu cpu, boolean zero) {
        int flags = Flags.eflags(cpu.fr, cpu.fc) & ~Flags.ZF;
        cpu.setArithmetic(flags | (zero ? Flags.ZF : 0));
    }
}
