package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;
import static dev.ringscope.emulator.insn.Instruction.DS;
import static dev.ringscope.emulator.insn.Instruction.ES;
import static dev.ringscope.emulator.insn.Instruction.SS;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.insn.Block;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.insn.Op;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.Ports;
import java.util.Arrays;

/**
 * Our processor in the state in which Linux runs programs, as hostcpu.c finds it: ring 3, flat segments, paging with
 * nothing mapped but the pages of code and scratch.
 */
final class EmulatedCpu {
    private static final int PML4 = 0x1000, PDPT = 0x2000, DIRECTORY = 0x3000, TABLE = 0x4000;
    private static final long PRESENT = 1, WRITABLE = 2, USER = 4;
    private static final int USER_CODE32 = 0x23, USER_DATA = 0x2b, USER_CODE64 = 0x33;
    private static final int LDT_CODE16 = 7, LDT_DATA16 = 0xf;
    private static final int CODE_ACCESS = 0xfb, DATA_ACCESS = 0xf3;
    private static final long FLAT = 0xffff_ffffL;

    private static final byte INT3 = (byte) 0xcc;

    private final PhysicalMemory memory = new PhysicalMemory(0x200000, new byte[0]);
    private final X86Cpu cpu = new X86Cpu(memory, new Ports());
    private final X86Isa plain = new X86Isa(false);
    private final X86Isa logging = new X86Isa(true);
    private final AccessLog log = new AccessLog();

    EmulatedCpu() {
        entry(PML4, PDPT);
        entry(PDPT, DIRECTORY);
        entry(DIRECTORY, TABLE);
        for (int page : new int[] {ProcessorCase.SCRATCH, ProcessorCase.CODE}) {
            entry(TABLE + page / ProcessorCase.PAGE * 8, page);
        }
        cpu.cr0 = X86Cpu.CR0_PE
                | X86Cpu.CR0_MP
                | X86Cpu.CR0_ET
                | X86Cpu.CR0_NE
                | X86Cpu.CR0_WP
                | X86Cpu.CR0_AM
                | X86Cpu.CR0_PG;
        cpu.cr4 = X86Cpu.CR4_PAE | X86Cpu.CR4_OSFXSR | X86Cpu.CR4_OSXMMEXCPT;
        cpu.efer = X86Cpu.EFER_SCE | X86Cpu.EFER_LME | X86Cpu.EFER_LMA | X86Cpu.EFER_NXE;
        cpu.cr3 = PML4;
        cpu.cpl = 3;
        for (int segment : new int[] {Instruction.FS, Instruction.GS}) {
            cpu.seg[segment].set(0, 0, 0, 0);
        }
        cpu.seg[Instruction.GS].base = ProcessorCase.GS_BASE;
        Arrays.fill(memory.bytes, ProcessorCase.CODE, ProcessorCase.CODE + ProcessorCase.PAGE, INT3);
        // too small for a permission bitmap: no ports
        cpu.seg[X86Cpu.TR].set(0x40, 0, 0x20, 0x8b);
    }

    private void entry(int at, int page) {
        PhysicalMemory.LONG.set(memory.bytes, at, page | PRESENT | WRITABLE | USER);
    }

    Instruction decode(ProcessorCase c) {
        return plain.decode(
                n -> n < c.code.length ? c.code[n] & 0xff : 0xcc, ProcessorCase.START - c.base(), c.bits / 8);
    }

    /** @param logged with the operations that a recording of data accesses uses */
    ProcessorOutcome run(ProcessorCase c, boolean logged) {
        load(c);
        log.count = 0;
        cpu.log = logged ? log : null;
        Instruction i = decode(c);
        ProcessorOutcome outcome = new ProcessorOutcome();
        cpu.pc = i.next();
        try {
            Op op = (logged ? logging : plain).operation(i);
            cpu.block = new Block(
                    i.address, i.next(), i.address, i.address, -1, cpu.codeKey, new Op[] {op}, c.code, cpu.epoch);
            op.exec(cpu);
            cpu.done();
        } catch (Fault fault) {
            cpu.pc = i.address;
            outcome.vector = fault.vector;
            outcome.error = Math.max(fault.errorCode, 0);
            outcome.cr2 = fault.vector == Fault.PF ? fault.address : 0;
        }
        cpu.block = null;
        save(outcome);
        return outcome;
    }

    private void segments(ProcessorCase c) {
        switch (c.bits) {
            case 64 -> cpu.seg[CS].set(USER_CODE64, 0, FLAT, CODE_ACCESS | Segment.LONG | Segment.GRANULAR);
            case 32 -> cpu.seg[CS].set(USER_CODE32, 0, FLAT, CODE_ACCESS | Segment.BIG | Segment.GRANULAR);
            default -> cpu.seg[CS].set(LDT_CODE16, c.base(), 0xffff, CODE_ACCESS);
        }
        for (int segment : new int[] {ES, SS, DS}) {
            if (c.bits == 16) {
                cpu.seg[segment].set(LDT_DATA16, c.base(), 0xffff, DATA_ACCESS);
            } else {
                cpu.seg[segment].set(USER_DATA, 0, FLAT, DATA_ACCESS | Segment.BIG | Segment.GRANULAR);
            }
        }
    }

    X86Cpu cpu() {
        return cpu;
    }

    /** Puts the processor and its memory in the state in which the case begins. */
    void load(ProcessorCase c) {
        Arrays.fill(memory.bytes, ProcessorCase.START, ProcessorCase.START + 16, INT3);
        System.arraycopy(c.code, 0, memory.bytes, ProcessorCase.START, c.code.length);
        segments(c);
        System.arraycopy(c.r, 0, cpu.r, 0, 16);
        cpu.systemFlags = 2;
        cpu.setEflags(c.flags | X86Cpu.IF);
        cpu.mxcsr.value = c.mxcsr;
        cpu.fpu.init();
        cpu.fpu.setControl(c.control);
        cpu.fpu.setStatus(c.status);
        for (int n = 0; n < 8; n++) {
            cpu.fpu.setRegister(n, c.exponents[n], c.mm[n]);
        }
        cpu.fpu.setAbridgedTag(c.tags);
        System.arraycopy(c.xmm, 0, cpu.xmm, 0, 32);
        for (int n = 0; n < ProcessorCase.PAGE; n++) {
            memory.bytes[ProcessorCase.SCRATCH + n] = ProcessorCase.filler(n);
        }
        System.arraycopy(c.window, 0, memory.bytes, ProcessorCase.WINDOW, c.window.length);
        cpu.modeChanged();
    }

    private void save(ProcessorOutcome o) {
        System.arraycopy(cpu.r, 0, o.r, 0, 16);
        o.rip = cpu.pc;
        o.flags = cpu.eflags();
        o.mxcsr = cpu.mxcsr.value;
        o.status = cpu.fpu.status();
        o.tags = cpu.fpu.abridgedTag();
        o.control = cpu.fpu.control();
        for (int n = 0; n < 8; n++) {
            o.mm[n] = cpu.fpu.significand(n);
            o.exponents[n] = cpu.fpu.se(n);
        }
        System.arraycopy(cpu.xmm, 0, o.xmm, 0, 32);
        System.arraycopy(memory.bytes, ProcessorCase.WINDOW, o.window, 0, o.window.length);
        o.digest = ProcessorOutcome.digest(memory.bytes, ProcessorCase.SCRATCH);
    }
}
