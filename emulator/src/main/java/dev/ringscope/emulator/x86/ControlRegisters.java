package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.CR0_AM;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_CD;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_EM;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_ET;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_MP;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_NE;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_NW;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_PE;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_PG;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_TS;
import static dev.ringscope.emulator.x86.X86Cpu.CR0_WP;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_DE;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_FSGSBASE;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_MCE;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_OSFXSR;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_OSXMMEXCPT;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_OSXSAVE;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_PAE;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_PCE;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_PCIDE;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_PGE;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_PSE;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_PVI;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_SMAP;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_SMEP;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_TSD;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_UMIP;
import static dev.ringscope.emulator.x86.X86Cpu.CR4_VME;
import static dev.ringscope.emulator.x86.X86Cpu.EFER_LMA;
import static dev.ringscope.emulator.x86.X86Cpu.EFER_LME;
import static dev.ringscope.emulator.x86.X86Cpu.EFER_NXE;
import static dev.ringscope.emulator.x86.X86Cpu.EFER_SCE;
import static dev.ringscope.emulator.x86.X86Cpu.TR;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Instruction;

/**
 * Writes of CR0, CR3, CR4 and EFER: which values are refused, and what follows (Intel SDM vol. 3A, 2.5, 4.1, 10.8.5 for
 * the way into and out of IA-32e mode, 4.10.4 for what is invalidated; vol. 2, MOV to control registers).
 */
final class ControlRegisters {
    private static final long CR0_WRITABLE =
            CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | CR0_PG;

    /** What CPUID offers; the other bits are reserved. */
    private static final long CR4_OFFERED = CR4_VME
            | CR4_PVI
            | CR4_TSD
            | CR4_DE
            | CR4_PSE
            | CR4_PAE
            | CR4_MCE
            | CR4_PGE
            | CR4_PCE
            | CR4_OSFXSR
            | CR4_OSXMMEXCPT
            | CR4_UMIP
            | CR4_FSGSBASE
            | CR4_PCIDE
            | CR4_OSXSAVE
            | CR4_SMEP
            | CR4_SMAP;

    private static final long CR4_TRANSLATION = CR4_PSE | CR4_PAE | CR4_PGE | CR4_PCIDE | CR4_SMEP | CR4_SMAP;
    private static final long CR3_NO_FLUSH = 1L << 63;
    private static final long CR3_RESERVED = -1L << PageWalker.PHYSICAL_BITS;
    private static final int TSS16_TYPE = 1;

    private final X86Cpu cpu;
    private final SystemRegisters system;

    ControlRegisters(X86Cpu cpu, SystemRegisters system) {
        this.cpu = cpu;
        this.system = system;
    }

    private static Fault refused(long value) {
        return Fault.gp(0, Reason.BAD_REGISTER_VALUE, value);
    }

    void writeCr0(long value) {
        boolean pg = (value & CR0_PG) != 0;
        if (value >>> 32 != 0 || pg && (value & CR0_PE) == 0 || (value & CR0_NW) != 0 && (value & CR0_CD) == 0) {
            throw refused(value);
        }
        long before = cpu.cr0;
        long after = value & CR0_WRITABLE | CR0_ET;
        boolean turnsOn = pg && (before & CR0_PG) == 0;
        boolean turnsOff = !pg && (before & CR0_PG) != 0;
        if (turnsOn) {
            checkPagingOn(value);
        }
        if (turnsOff && (cpu.code64() || (cpu.cr4 & CR4_PCIDE) != 0)) {
            throw refused(value);
        }
        boolean pae = pg && (cpu.cr4 & CR4_PAE) != 0 && (cpu.efer & EFER_LME) == 0;
        if (pae && ((before ^ after) & (CR0_PG | CR0_CD | CR0_NW)) != 0) {
            cpu.paging.loadPdptes(cpu.cr3);
        }
        Origin origin = Origin.of(cpu);
        cpu.cr0 = after;
        if (turnsOn && (cpu.efer & EFER_LME) != 0) {
            cpu.efer |= EFER_LMA;
        } else if (turnsOff) {
            cpu.efer &= ~EFER_LMA;
        }
        system.tell("cr0", before, after);
        if (((before ^ after) & (CR0_PG | CR0_PE | CR0_WP)) != 0) {
            flush("mov cr0", before | after);
        }
        cpu.modeChanged();
        origin.changed(Event.Cause.CONTROL_REGISTER, Origin.Via.NOTHING);
    }

    /** Drops all translations, which is worth telling if there are any: with paging. */
    private void flush(String instruction, long cr0) {
        if ((cr0 & CR0_PG) != 0) {
            system.tellFlush(instruction, 0);
        }
        cpu.paging.flushAll();
    }

    /** Into IA-32e mode only with PAE, from code that is not 64-bit, and with a TSS that it can use. */
    private void checkPagingOn(long value) {
        if ((cpu.efer & EFER_LME) == 0) {
            return;
        }
        boolean tss16 = cpu.seg[TR].present() && (cpu.seg[TR].type() & ~2) == TSS16_TYPE;
        if ((cpu.cr4 & CR4_PAE) == 0 || cpu.seg[Instruction.CS].longMode() || tss16) {
            throw refused(value);
        }
    }

    /** @param instruction what writes it, for the recorder */
    void writeCr3(long value, String instruction) {
        long after = value;
        if ((cpu.cr4 & CR4_PCIDE) != 0) {
            after &= ~CR3_NO_FLUSH;
        }
        if (cpu.longMode() && (after & CR3_RESERVED) != 0) {
            throw Fault.gp(0, Reason.RESERVED_BITS, value);
        }
        if (PagingMode.of(cpu) == PagingMode.PAE) {
            cpu.paging.loadPdptes(after);
        }
        long before = cpu.cr3;
        cpu.cr3 = after;
        system.tell("cr3", before, after);
        system.tellFlush(instruction, after);
        cpu.paging.flushAll();
    }

    static long reservedInCr4(long value) {
        return value & ~CR4_OFFERED;
    }

    void writeCr4(long value) {
        long before = cpu.cr4;
        long changed = before ^ value;
        if (reservedInCr4(value) != 0) {
            throw Fault.gp(0, Reason.RESERVED_BITS, value);
        }
        if (cpu.longMode() && (value & CR4_PAE) == 0) {
            throw refused(value);
        }
        boolean pcidOn = (changed & value & CR4_PCIDE) != 0;
        if (pcidOn && (!cpu.longMode() || (cpu.cr3 & 0xfff) != 0)) {
            throw refused(value);
        }
        boolean pae = (cpu.cr0 & CR0_PG) != 0 && !cpu.longMode() && (value & CR4_PAE) != 0;
        if (pae && (changed & (CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP)) != 0) {
            cpu.paging.loadPdptes(cpu.cr3);
        }
        cpu.cr4 = value;
        system.tell("cr4", before, value);
        if ((changed & CR4_TRANSLATION) != 0) {
            flush("mov cr4", cpu.cr0);
        }
        if ((changed & CR4_DE) != 0) {
            cpu.paging.debugRegisters.changed();
        }
        cpu.modeChanged();
    }

    void writeEfer(long value) {
        long before = cpu.efer;
        if ((value & ~(EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE)) != 0) {
            throw Fault.gp(0, Reason.RESERVED_BITS, value);
        }
        if (((before ^ value) & EFER_LME) != 0 && (cpu.cr0 & CR0_PG) != 0) {
            throw refused(value);
        }
        long after = value & ~EFER_LMA | before & EFER_LMA;
        cpu.efer = after;
        system.tell("efer", before, after);
        if (((before ^ after) & EFER_NXE) != 0) {
            flush("wrmsr efer", cpu.cr0);
        }
        cpu.modeChanged();
    }
}
