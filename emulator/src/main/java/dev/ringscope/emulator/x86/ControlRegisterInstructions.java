package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** MOV to and from control registers, CLTS, LMSW, SMSW (Intel SDM vol. 2; vol. 3A, 2.5). */
final class ControlRegisterInstructions {
    private ControlRegisterInstructions() {}

    @Insn(
            enc = {"0F 20 /r Ed,Cd i64 end", "0F 20 /r Eq,Cq o64 end"},
            name = "mov")
    static void movFromControl(X86Cpu cpu, Instruction i) {
        checkExists(i);
        cpu.requireRing0();
        long value = switch (i.reg) {
            case 0 -> cpu.cr0;
            case 2 -> cpu.cr2;
            case 3 -> cpu.cr3;
            case 4 -> cpu.cr4;
            default -> cpu.system.apic.cr8();
        };
        cpu.setReg(i.rm, width(i), value);
    }

    @Insn(
            enc = {"0F 22 /r Cd,Ed i64 end", "0F 22 /r Cq,Eq o64 end"},
            name = "mov")
    static void movToControl(X86Cpu cpu, Instruction i) {
        checkExists(i);
        cpu.requireRing0();
        long value = X86Cpu.truncate(cpu.r[i.rm], width(i));
        ControlRegisters control = cpu.system.control;
        switch (i.reg) {
            case 0 -> control.writeCr0(value);
            case 2 -> {
                cpu.system.tell("cr2", cpu.cr2, value);
                cpu.cr2 = value;
            }
            case 3 -> control.writeCr3(value, "mov cr3");
            case 4 -> control.writeCr4(value);
            default -> writeCr8(cpu, value);
        }
    }

    private static void writeCr8(X86Cpu cpu, long value) {
        if (value >>> 4 != 0) {
            throw Fault.gp(0, Reason.RESERVED_BITS, value);
        }
        cpu.system.tell("cr8", cpu.system.apic.cr8(), value);
        cpu.system.apic.setCr8((int) value);
    }

    /** CR1, CR5 to CR7, CR9 to CR15 are invalid opcodes; CR8 has a number that only REX reaches. */
    private static void checkExists(Instruction i) {
        if (i.reg == 1 || i.reg > 4 && i.reg != 8) {
            throw Fault.ud();
        }
    }

    /** The operand size does not count. */
    static int width(Instruction i) {
        return i.is64() ? 8 : 4;
    }

    @Insn(enc = "0F 06 end")
    static void clts(X86Cpu cpu) {
        cpu.requireRing0();
        long before = cpu.cr0;
        cpu.cr0 &= ~X86Cpu.CR0_TS;
        cpu.system.tell("cr0", before, cpu.cr0);
    }

    /** Can set PE, but not clear it. */
    @Insn(enc = "0F 01 /6 Ew end")
    static void lmsw(X86Cpu cpu, Instruction i) {
        cpu.requireRing0();
        long value = cpu.readE(i, 2) & 0xf;
        cpu.system.control.writeCr0(cpu.cr0 & ~0xeL | value);
    }

    @Insn(enc = {"0F 01 /4 Rv", "0F 01 /4 Mw"})
    static void smsw(X86Cpu cpu, Instruction i) {
        checkUmip(cpu);
        cpu.writeE(i, i.memory ? 2 : i.operandSize, cpu.cr0);
    }

    /** User-mode instruction prevention (SDM vol. 3A, 2.5, CR4.UMIP). */
    static void checkUmip(X86Cpu cpu) {
        if ((cpu.cr4 & X86Cpu.CR4_UMIP) != 0 && cpu.cpl != 0) {
            throw Fault.gp(Reason.PRIVILEGE);
        }
    }
}
