package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.CR0_MP;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_TS;
import static dev.ringscope.emulator.x86.X86Cpu.RAX;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * x87 control instructions (Intel SDM vol. 1, 8.3.10). Those whose names begin with FN do not wait for pending
 * exceptions; FINIT, FCLEX, FSTCW and FSTSW are these behind an FWAIT. None of them moves the instruction and data
 * pointers.
 */
final class FpuControl {
    private FpuControl() {}

    @Insn(enc = "9B")
    static void fwait(X86Cpu cpu) {
        if ((cpu.cr0 & (CR0_MP | CR0_TS)) == (CR0_MP | CR0_TS)) {
            throw Fault.of(Fault.NM, Reason.FPU_DISABLED);
        }
        cpu.fpu.checkPending();
    }

    @Insn(enc = "DB =E3")
    static void fninit(X86Cpu cpu) {
        cpu.fpu.require();
        cpu.fpu.init();
    }

    @Insn(enc = "DB =E2")
    static void fnclex(X86Cpu cpu) {
        cpu.fpu.require();
        cpu.fpu.clearExceptions();
    }

    @Insn(enc = "D9 /5 Mw")
    static void fldcw(X86Cpu cpu, Instruction i) {
        cpu.fpu.enter();
        cpu.fpu.setControl((int) cpu.load(cpu.linear(i, 2, false), 2));
    }

    @Insn(enc = "D9 /7 Mw")
    static void fnstcw(X86Cpu cpu, Instruction i) {
        cpu.fpu.require();
        cpu.store(cpu.linear(i, 2, true), 2, cpu.fpu.control());
    }

    @Insn(enc = "DD /7 Mw")
    static void fnstsw(X86Cpu cpu, Instruction i) {
        cpu.fpu.require();
        cpu.store(cpu.linear(i, 2, true), 2, cpu.fpu.status());
    }

    @Insn(enc = "DF =E0 AX", name = "fnstsw")
    static void fnstswAx(X86Cpu cpu) {
        cpu.fpu.require();
        cpu.setReg(RAX, 2, cpu.fpu.status());
    }

    /** Ends the use of MMX registers: TOP is 0 and every register empty. */
    @Insn(enc = "NP 0F 77")
    static void emms(X86Cpu cpu) {
        cpu.requireMmx();
        cpu.fpu.emms();
    }

    @Insn(enc = "D9 =D0")
    static void fnop(X86Cpu cpu, Instruction i) {
        cpu.fpu.enter();
        cpu.fpu.note(i);
    }

    /** FENI, FDISI and FSETPM of the 8087 and 80287: accepted, and nothing. */
    @Insn(enc = "DB =E0")
    static void fneni(X86Cpu cpu) {
        cpu.fpu.require();
    }

    @Insn(enc = "DB =E1")
    static void fndisi(X86Cpu cpu) {
        cpu.fpu.require();
    }

    @Insn(enc = "DB =E4")
    static void fnsetpm(X86Cpu cpu) {
        cpu.fpu.require();
    }

    @Insn(enc = "D9 =F6")
    static void fdecstp(X86Cpu cpu, Instruction i) {
        rotate(cpu, i, -1);
    }

    @Insn(enc = "D9 =F7")
    static void fincstp(X86Cpu cpu, Instruction i) {
        rotate(cpu, i, 1);
    }

    private static void rotate(X86Cpu cpu, Instruction i, int by) {
        cpu.fpu.enter();
        cpu.fpu.note(i);
        cpu.fpu.clearC1();
        cpu.fpu.rotate(by);
    }

    @Insn(enc = "DD /0 STi")
    static void ffree(X86Cpu cpu, Instruction i) {
        cpu.fpu.enter();
        cpu.fpu.note(i);
        cpu.fpu.clearC1();
        cpu.fpu.free(i.rm & 7);
    }

    /** Undocumented: FFREE and a pop. */
    @Insn(enc = "DF /0 STi")
    static void ffreep(X86Cpu cpu, Instruction i) {
        ffree(cpu, i);
        cpu.fpu.pop();
    }
}
