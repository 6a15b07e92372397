package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.CR4_VME;
import static dev.ringscope.emulator.x86.X86Cpu.TR;

import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.Interruption.Kind;

/**
 * Instructions that raise interrupts, and HLT that waits for them (Intel SDM vol. 2, INT n/INTO/INT3/INT1, BOUND, HLT).
 */
final class InterruptInstructions {
    private InterruptInstructions() {}

    @Insn(enc = "CD Ib end")
    static void int_(X86Cpu cpu, Instruction i) {
        int vector = (int) i.imm & 0xff;
        if (cpu.v86()) {
            if ((cpu.cr4 & CR4_VME) != 0 && !redirectionBit(cpu, vector)) {
                cpu.interrupts.redirect(vector, i.next());
                return;
            }
            if (cpu.iopl() < 3) {
                throw Fault.gp(0, Reason.IOPL, vector);
            }
        }
        cpu.interrupts.software(Kind.SOFTWARE, vector, i.next());
    }

    /** The software interrupt redirection bitmap: 32 bytes below the I/O permission bitmap (SDM vol. 3B, 20.3.3). */
    private static boolean redirectionBit(X86Cpu cpu, int vector) {
        Segment tr = cpu.seg[TR];
        long bitmap = IoPermission.bitmapBase(cpu) - 32;
        long at = bitmap + vector / 8;
        if (at < 0 || at > tr.limit) {
            throw Fault.gp(0, Reason.TSS_LIMIT, vector);
        }
        return (cpu.loadSystem(tr.base + at & 0xffff_ffffL, 1) >> (vector & 7) & 1) != 0;
    }

    @Insn(enc = "CC end")
    static void int3(X86Cpu cpu, Instruction i) {
        cpu.interrupts.software(Kind.SOFTWARE_EXCEPTION, Fault.BP, i.next());
    }

    @Insn(enc = "F1 end")
    static void int1(X86Cpu cpu, Instruction i) {
        cpu.interrupts.software(Kind.PRIVILEGED_SOFTWARE, Fault.DB, i.next());
    }

    @Insn(enc = "CE i64 end")
    static void into(X86Cpu cpu, Instruction i) {
        if (Flags.overflow(cpu.fc)) {
            cpu.interrupts.software(Kind.SOFTWARE_EXCEPTION, Fault.OF, i.next());
        }
    }

    @Insn(enc = "62 /r Gz,Ma i64 sources")
    static void bound(X86Cpu cpu, Instruction i) {
        int w = i.operandSize;
        long at = cpu.effective(i);
        long lower = cpu.load(cpu.linear(i.segment, at, w, false), w);
        long behind = X86Cpu.truncate(at + w, i.addressSize);
        long upper = cpu.load(cpu.linear(i.segment, behind, w, false), w);
        long index = cpu.readG(i, w);
        if (index < lower || index > upper) {
            throw new Fault(Fault.BR, -1, Reason.BOUND, index, 0);
        }
    }

    @Insn(enc = "F4 end")
    static void hlt(X86Cpu cpu, Instruction i) {
        cpu.requireRing0();
        cpu.halted = true;
        cpu.attention = true;
    }
}
