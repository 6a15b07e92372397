package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** MOV to and from debug registers (Intel SDM vol. 2; vol. 3B, 18.2). */
final class DebugRegisterInstructions {
    private static final long DR6_FIXED = 0xffff_0ff0L;
    private static final long DR6_WRITABLE = 0xe00f;
    private static final long DR6_BD = 1 << 13;
    private static final long DR7_FIXED = 1 << 10;
    private static final long DR7_WRITABLE = 0xffff_23ffL;
    private static final long DR7_GD = 1 << 13;

    private DebugRegisterInstructions() {}

    @Insn(
            enc = {"0F 21 /r Ed,Dd i64 end", "0F 21 /r Eq,Dq o64 end"},
            name = "mov")
    static void movFromDebug(X86Cpu cpu, Instruction i) {
        int n = number(cpu, i);
        cpu.setReg(i.rm, ControlRegisterInstructions.width(i), cpu.dr[n]);
    }

    @Insn(
            enc = {"0F 23 /r Dd,Ed i64 end", "0F 23 /r Dq,Eq o64 end"},
            name = "mov")
    static void movToDebug(X86Cpu cpu, Instruction i) {
        int n = number(cpu, i);
        long value = X86Cpu.truncate(cpu.r[i.rm], ControlRegisterInstructions.width(i));
        if (n >= 6 && value >>> 32 != 0) {
            throw Fault.gp(0, Reason.RESERVED_BITS, value);
        }
        long before = cpu.dr[n];
        cpu.dr[n] = switch (n) {
            case 6 -> value & DR6_WRITABLE | DR6_FIXED;
            case 7 -> value & DR7_WRITABLE | DR7_FIXED;
            default -> value;
        };
        cpu.system.tell("dr" + n, before, cpu.dr[n]);
        cpu.paging.debugRegisters.changed();
        cpu.call();
    }

    /**
     * The register meant: DR4 and DR5 are DR6 and DR7 unless CR4.DE is set. Any access is a fault while DR7.GD is set.
     */
    private static int number(X86Cpu cpu, Instruction i) {
        boolean alias = i.reg == 4 || i.reg == 5;
        if (i.reg > 7 || alias && (cpu.cr4 & X86Cpu.CR4_DE) != 0) {
            throw Fault.ud();
        }
        cpu.requireRing0();
        if ((cpu.dr[7] & DR7_GD) != 0) {
            throw new Fault(Fault.DB, -1, Reason.DEBUG_REGISTER, DR6_BD, 0);
        }
        return alias ? i.reg + 2 : i.reg;
    }
}
