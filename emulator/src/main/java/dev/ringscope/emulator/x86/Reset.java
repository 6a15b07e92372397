package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;
import static dev.ringscope.emulator.insn.Instruction.ES;
import static dev.ringscope.emulator.insn.Instruction.GS;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_CD;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_ET;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_NW;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_PE;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_PG;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_PAE;
import static dev.ringscope.emulator.x86.X86Cpu.EFER_LMA;
import static dev.ringscope.emulator.x86.X86Cpu.EFER_LME;
import static dev.ringscope.emulator.x86.X86Cpu.LDTR;
import static dev.ringscope.emulator.x86.X86Cpu.RDX;
import static dev.ringscope.emulator.x86.X86Cpu.TR;

import dev.ringscope.emulator.boot.EntryState;
import dev.ringscope.emulator.x86.fpu.Mxcsr;
import java.util.Arrays;

/**
 * The processor's state after power-on (Intel SDM vol. 3A, table 9-1, and 9.1.4), and the states in which loaders start
 * a guest. None of it is recorded: a recording's first checkpoint holds it.
 */
public final class Reset {
    /** Access rights of a present, writable, accessed data segment and of present, readable, accessed code, DPL 0. */
    private static final int DATA = 0x93;

    private static final int CODE = 0x9b;
    private static final int FLAT32 = Segment.BIG | Segment.GRANULAR;
    private static final int FLAT64 = Segment.LONG | Segment.GRANULAR;
    private static final long FLAT_LIMIT = 0xffff_ffffL;
    private static final int TSS32_BUSY = 0x8b;
    private static final int LDT_PRESENT = 0x82;

    private Reset() {}

    /** The state in which the processor fetches its first instruction, 16 bytes below 4 GiB. */
    public static void powerOn(X86Cpu cpu) {
        Arrays.fill(cpu.r, 0);
        cpu.r[RDX] = cpu.system.cpuid.leaf(1, 0).eax();
        cpu.setArithmetic(0);
        cpu.systemFlags = 2;
        cpu.cpl = 0;
        for (Segment s : cpu.seg) {
            s.set(0, 0, 0xffff, DATA);
        }
        cpu.seg[CS].set(0xf000, 0xffff_0000L, 0xffff, DATA);
        cpu.seg[LDTR].access = LDT_PRESENT;
        cpu.seg[TR].access = TSS32_BUSY;
        cpu.gdtrBase = cpu.idtrBase = 0;
        cpu.gdtrLimit = cpu.idtrLimit = 0xffff;
        cpu.cr0 = CR0_CD | CR0_NW | CR0_ET;
        cpu.cr2 = cpu.cr3 = cpu.cr4 = cpu.efer = 0;
        Arrays.fill(cpu.dr, 0);
        cpu.dr[6] = 0xffff_0ff0L;
        cpu.dr[7] = 0x400;
        cpu.star = cpu.lstar = cpu.cstar = cpu.syscallMask = cpu.kernelGsBase = cpu.tscAux = 0;
        cpu.sysenterCs = cpu.sysenterEsp = cpu.sysenterEip = 0;
        Arrays.fill(cpu.xmm, 0);
        cpu.mxcsr.value = Mxcsr.RESET;
        cpu.shadowEnd = 0;
        cpu.shadowTraps = false;
        cpu.halted = false;
        cpu.pc = 0xfff0;
        cpu.interrupts.reset();
        cpu.system.reset();
        cpu.fpu.reset();
        settle(cpu);
    }

    /** The state that a loader chose; unless the guest has firmware of its own, as if firmware had run before. */
    public static void enter(X86Cpu cpu, EntryState entry) {
        int cs = entry.codeSelector();
        int data = entry.dataSelector();
        switch (entry.mode()) {
            case RESET_VECTOR -> {
                powerOn(cpu);
                return;
            }
            case REAL -> enterReal(cpu, cs, (int) entry.pc(), data);
            case PROTECTED32 -> enterProtected(cpu, cs, data, entry.pc());
            case LONG64 -> enterLong(cpu, cs, data, entry.cr3(), entry.pc());
        }
        System.arraycopy(entry.registers(), 0, cpu.r, 0, 16);
        cpu.gdtrBase = entry.gdtBase();
        cpu.gdtrLimit = entry.gdtLimit();
        cpu.system.firmwareDefaults();
    }

    private static void settle(X86Cpu cpu) {
        cpu.paging.debugRegisters.changed();
        cpu.paging.flushAll();
        cpu.modeChanged();
    }

    /** Real-address mode at {@code cs:ip}, the other segments at {@code data}, interrupt table at 0. */
    public static void enterReal(X86Cpu cpu, int cs, int ip, int data) {
        powerOn(cpu);
        for (int segment = ES; segment <= GS; segment++) {
            cpu.seg[segment].set(data, (long) data << 4, 0xffff, DATA);
        }
        cpu.seg[CS].set(cs, (long) cs << 4, 0xffff, DATA);
        cpu.idtrLimit = 0x3ff;
        cpu.cr0 = CR0_ET;
        cpu.pc = ip;
        settle(cpu);
    }

    /**
     * Flat 32-bit protected mode without paging, interrupts off: segments of 4 GiB from 0, whose descriptors need not
     * exist in memory.
     *
     * @param eip linear and physical address of the first instruction
     */
    public static void enterProtected(X86Cpu cpu, int codeSelector, int dataSelector, long eip) {
        powerOn(cpu);
        flat(cpu, codeSelector, dataSelector, FLAT32);
        cpu.cr0 = CR0_PE | CR0_ET;
        cpu.pc = eip;
        settle(cpu);
    }

    /**
     * 64-bit mode, ring 0, interrupts off.
     *
     * @param cr3 physical address of a PML4 that maps at least the code
     * @param rip linear address of the first instruction
     */
    public static void enterLong(X86Cpu cpu, int codeSelector, int dataSelector, long cr3, long rip) {
        powerOn(cpu);
        flat(cpu, codeSelector, dataSelector, FLAT64);
        cpu.cr0 = CR0_PE | CR0_ET | CR0_PG;
        cpu.cr4 = CR4_PAE;
        cpu.cr3 = cr3;
        cpu.efer = EFER_LME | EFER_LMA;
        cpu.pc = rip;
        settle(cpu);
    }

    private static void flat(X86Cpu cpu, int codeSelector, int dataSelector, int code) {
        for (int segment = ES; segment <= GS; segment++) {
            cpu.seg[segment].set(dataSelector, 0, FLAT_LIMIT, DATA | FLAT32);
        }
        cpu.seg[CS].set(codeSelector, 0, FLAT_LIMIT, CODE | code);
        cpu.gdtrLimit = cpu.idtrLimit = 0;
    }
}
