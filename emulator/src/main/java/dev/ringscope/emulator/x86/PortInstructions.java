package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.DS;
import static dev.ringscope.emulator.insn.Instruction.ES;
import static dev.ringscope.emulator.x86.X86Cpu.DF;
import static dev.ringscope.emulator.x86.X86Cpu.RAX;
import static dev.ringscope.emulator.x86.X86Cpu.RCX;
import static dev.ringscope.emulator.x86.X86Cpu.RDI;
import static dev.ringscope.emulator.x86.X86Cpu.RDX;
import static dev.ringscope.emulator.x86.X86Cpu.RSI;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Restart;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** Port input and output (Intel SDM vol. 2, IN, OUT, INS, OUTS, REP; vol. 1, ch. 19). */
final class PortInstructions {
    /** Elements that a repeated instruction moves before interrupts get a chance. */
    private static final int SLICE = 65536;

    private PortInstructions() {}

    @Insn(
            enc = {"E4 AL,Ib end", "E5 eAX,Ib end"},
            name = "in")
    static void in(X86Cpu cpu, Instruction i) {
        input(cpu, i, (int) i.imm & 0xff);
    }

    @Insn(
            enc = {"EC AL,DX end", "ED eAX,DX end"},
            name = "in")
    static void inDx(X86Cpu cpu, Instruction i) {
        input(cpu, i, (int) cpu.r[RDX] & 0xffff);
    }

    @Insn(
            enc = {"E6 Ib,AL end", "E7 Ib,eAX end"},
            name = "out")
    static void out(X86Cpu cpu, Instruction i) {
        output(cpu, i, (int) i.imm & 0xff);
    }

    @Insn(
            enc = {"EE DX,AL end", "EF DX,eAX end"},
            name = "out")
    static void outDx(X86Cpu cpu, Instruction i) {
        output(cpu, i, (int) cpu.r[RDX] & 0xffff);
    }

    private static void input(X86Cpu cpu, Instruction i, int port) {
        int w = width(i);
        IoPermission.check(cpu, port, w);
        int value = read(cpu, port, w);
        if (w == 1) {
            cpu.setReg8(RAX, true, value);
        } else {
            cpu.setReg(RAX, w, value);
        }
    }

    private static void output(X86Cpu cpu, Instruction i, int port) {
        int w = width(i);
        IoPermission.check(cpu, port, w);
        write(cpu, port, w, (int) cpu.r[RAX]);
    }

    /**
     * Bytes of the operand: the opcode's lowest bit distinguishes bytes from the operand size, which is at most 4 here.
     */
    private static int width(Instruction i) {
        return (i.opcode & 1) == 0 ? 1 : Math.min(i.operandSize, 4);
    }

    private static int read(X86Cpu cpu, int port, int w) {
        int value = cpu.ports.read(port, w);
        told(cpu, false, port, w, value);
        return value;
    }

    private static void write(X86Cpu cpu, int port, int w, int value) {
        // Told first: what the device does, an end of the run perhaps, follows from it.
        told(cpu, true, port, w, value);
        cpu.ports.write(port, w, value);
    }

    private static void told(X86Cpu cpu, boolean write, int port, int w, int value) {
        cpu.recorder.event(new Event.PortAccess(cpu.position(), write, port, w, value & (1L << 8 * w) - 1));
        cpu.paging.debugRegisters.portAccessed(port, w);
    }

    @Insn(
            enc = {"6C Yb,DX end", "6D Yz,DX end"},
            name = "ins")
    static void ins(X86Cpu cpu, Instruction i) {
        repeat(cpu, i, PortInstructions::inputElement);
    }

    @Insn(
            enc = {"6E DX,Xb end", "6F DX,Xz end"},
            name = "outs")
    static void outs(X86Cpu cpu, Instruction i) {
        repeat(cpu, i, PortInstructions::outputElement);
    }

    private interface Element {
        void move(X86Cpu cpu, Instruction i, int port, int w);
    }

    private static void repeat(X86Cpu cpu, Instruction i, Element element) {
        int port = (int) cpu.r[RDX] & 0xffff;
        int w = width(i);
        boolean repeated = i.rep || i.repne;
        long count = repeated ? X86Cpu.truncate(cpu.r[RCX], i.addressSize) : 1;
        if (count == 0) {
            return;
        }
        IoPermission.check(cpu, port, w);
        long slice = cpu.stepping() ? 1 : SLICE;
        for (int n = 0; n < slice && count != 0; n++) {
            element.move(cpu, i, port, w); // a fault leaves the registers at this element
            count--;
            if (repeated) {
                cpu.setReg(RCX, i.addressSize, count);
            }
        }
        if (count != 0) {
            cpu.interrupts.iterationEnded();
            throw Restart.INSTANCE;
        }
    }

    private static void inputElement(X86Cpu cpu, Instruction i, int port, int w) {
        long linear = cpu.linear(ES, X86Cpu.truncate(cpu.r[RDI], i.addressSize), w, true);
        cpu.probeWrite(linear, w); // before the device gives its byte away
        cpu.store(linear, w, read(cpu, port, w));
        advance(cpu, i, RDI, w);
    }

    private static void outputElement(X86Cpu cpu, Instruction i, int port, int w) {
        int segment = i.override >= 0 ? i.override : DS;
        long linear = cpu.linear(segment, X86Cpu.truncate(cpu.r[RSI], i.addressSize), w, false);
        write(cpu, port, w, (int) cpu.load(linear, w));
        advance(cpu, i, RSI, w);
    }

    private static void advance(X86Cpu cpu, Instruction i, int register, int w) {
        cpu.setReg(register, i.addressSize, cpu.r[register] + (cpu.flag(DF) ? -w : w));
    }
}
