package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;
import static dev.ringscope.emulator.insn.Instruction.DS;
import static dev.ringscope.emulator.insn.Instruction.ES;
import static dev.ringscope.emulator.insn.Instruction.FS;
import static dev.ringscope.emulator.insn.Instruction.GS;
import static dev.ringscope.emulator.insn.Instruction.SS;
import static dev.ringscope.emulator.x86.X86Cpu.RSP;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** Moves from and to segment registers (Intel SDM vol. 2, MOV, PUSH, POP, LDS/LES/LFS/LGS/LSS). */
final class SegmentLoads {
    private SegmentLoads() {}

    @Insn(
            enc = {"8C /r Rv,Sw", "8C /r Mw,Sw"},
            name = "mov")
    static void movFrom(X86Cpu cpu, Instruction i) {
        cpu.writeE(i, i.memory ? 2 : i.operandSize, cpu.seg[register(i)].selector);
    }

    @Insn(
            enc = {"8E /r Sw,Rv end", "8E /r Sw,Mw end"},
            name = "mov")
    static void movTo(X86Cpu cpu, Instruction i) {
        int segment = register(i);
        if (segment == CS) {
            throw Fault.ud();
        }
        DataSegments.load(cpu, segment, (int) cpu.readE(i, 2) & 0xffff);
        shadow(cpu, segment);
    }

    /** ModRM.reg without REX.R; 6 and 7 are no segment registers. */
    private static int register(Instruction i) {
        int register = i.modrm >> 3 & 7;
        if (register > GS) {
            throw Fault.ud();
        }
        return register;
    }

    /** SDM vol. 3A, 6.8.3: so that ESP can follow SS undisturbed. */
    private static void shadow(X86Cpu cpu, int segment) {
        if (segment == SS) {
            cpu.interrupts.shadow(true);
        }
    }

    @Insn(
            enc = {"06 ES i64", "0E CS i64", "16 SS i64", "1E DS i64", "0F A0 FS d64", "0F A8 GS d64"},
            name = "push~")
    static void push(X86Cpu cpu, Instruction i) {
        int selector = cpu.seg[named(i)].selector;
        if (i.operandSize != 4) {
            cpu.push(i.operandSize, selector);
            return;
        }
        // Recent processors write the selector alone and leave the upper half of the stack slot as it is.
        int size = cpu.stackSize();
        long sp = X86Cpu.truncate(cpu.r[RSP] - 4, size);
        cpu.store(cpu.linear(SS, sp, 2, true), 2, selector);
        cpu.setReg(RSP, size, sp);
    }

    @Insn(
            enc = {"07 ES i64 end", "17 SS i64 end", "1F DS i64 end", "0F A1 FS d64 end", "0F A9 GS d64 end"},
            name = "pop~")
    static void pop(X86Cpu cpu, Instruction i) {
        int segment = named(i);
        int size = cpu.stackSize();
        int selector = (int) cpu.peek(i.operandSize, 0) & 0xffff;
        long sp = X86Cpu.truncate(cpu.r[RSP] + i.operandSize, size);
        DataSegments.load(cpu, segment, selector);
        cpu.setReg(RSP, size, sp);
        shadow(cpu, segment);
    }

    /** The segment register that the encoding names. */
    private static int named(Instruction i) {
        return i.encoding.operands.getFirst().register();
    }

    @Insn(enc = "C4 /r Gz,Mp i64 end")
    static void les(X86Cpu cpu, Instruction i) {
        loadFar(cpu, i, ES);
    }

    @Insn(enc = "C5 /r Gz,Mp i64 end")
    static void lds(X86Cpu cpu, Instruction i) {
        loadFar(cpu, i, DS);
    }

    @Insn(enc = "0F B2 /r Gv,Mp end")
    static void lss(X86Cpu cpu, Instruction i) {
        loadFar(cpu, i, SS);
    }

    @Insn(enc = "0F B4 /r Gv,Mp end")
    static void lfs(X86Cpu cpu, Instruction i) {
        loadFar(cpu, i, FS);
    }

    @Insn(enc = "0F B5 /r Gv,Mp end")
    static void lgs(X86Cpu cpu, Instruction i) {
        loadFar(cpu, i, GS);
    }

    /** Register and segment register from memory: offset first, selector behind it. No shadow, even for LSS. */
    private static void loadFar(X86Cpu cpu, Instruction i, int segment) {
        FarPointer pointer = FarPointer.read(cpu, i);
        DataSegments.load(cpu, segment, pointer.selector());
        cpu.writeG(i, i.operandSize, pointer.offset());
    }
}
