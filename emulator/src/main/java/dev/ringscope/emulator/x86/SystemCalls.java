package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;
import static dev.ringscope.emulator.insn.Instruction.SS;
import static dev.ringscope.emulator.x86.X86Cpu.EFER_SCE;
import static dev.ringscope.emulator.x86.X86Cpu.IF;
import static dev.ringscope.emulator.x86.X86Cpu.RCX;
import static dev.ringscope.emulator.x86.X86Cpu.RDX;
import static dev.ringscope.emulator.x86.X86Cpu.RF;
import static dev.ringscope.emulator.x86.X86Cpu.RSP;
import static dev.ringscope.emulator.x86.X86Cpu.TF;
import static dev.ringscope.emulator.x86.X86Cpu.VM;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/**
 * SYSCALL, SYSRET, SYSENTER and SYSEXIT as Intel processors have them (Intel SDM vol. 3A, 5.8.7 and 5.8.8; vol. 2):
 * SYSCALL and SYSRET in 64-bit mode only, SYSENTER and SYSEXIT in every protected mode. Segment descriptors are not
 * read: the hidden parts are fixed.
 */
final class SystemCalls {
    static final long IA32_LSTAR = 0xc000_0082L;
    static final long IA32_SYSENTER_EIP = 0x176;

    /** Present, accessed, readable code; with DPL 0. */
    private static final int CODE = 0x9b;
    /** Present, accessed, writable data; with DPL 0. */
    private static final int DATA = 0x93;

    private static final int R11 = 11;
    /** The flags that SYSRET takes from R11: all but RF, VM and the reserved ones. */
    private static final int SYSRET_FLAGS = 0x3c_7fd7;

    private SystemCalls() {}

    @Insn(enc = "0F 05 end")
    static void syscall(X86Cpu cpu, Instruction i) {
        requireSyscall(cpu);
        Origin origin = Origin.of(cpu);
        cpu.r[RCX] = i.next();
        cpu.r[R11] = cpu.eflags() & ~RF;
        // Single-stepping goes by TF as it is afterwards, unlike everywhere else.
        if ((cpu.syscallMask & TF) != 0) {
            cpu.interrupts.ignoreStep();
        }
        cpu.setEflags(cpu.eflags() & ~((int) cpu.syscallMask | RF));
        int selector = (int) (cpu.star >>> 32) & 0xfffc;
        enter(cpu, selector, selector + 8, 0, 8, cpu.lstar);
        origin.changed(Event.Cause.SYSCALL, new Origin.Via(IA32_LSTAR, cpu.lstar));
    }

    @Insn(enc = "0F 07 end", name = "sysret^")
    static void sysret(X86Cpu cpu, Instruction i) {
        requireSyscall(cpu);
        cpu.requireRing0();
        long target = i.operandSize == 8 ? cpu.r[RCX] : cpu.r[RCX] & 0xffff_ffffL;
        // Intel checks in ring 0, before anything has changed; AMD would fault in ring 3.
        requireCanonical(target);
        Origin origin = Origin.of(cpu);
        cpu.setEflags((int) cpu.r[R11] & SYSRET_FLAGS);
        int base = (int) (cpu.star >>> 48);
        enter(cpu, (i.operandSize == 8 ? base + 16 : base) | 3, base + 8 | 3, 3, i.operandSize, target);
        origin.changed(Event.Cause.SYSRET, Origin.Via.NOTHING);
    }

    private static void requireSyscall(X86Cpu cpu) {
        if (!cpu.code64() || (cpu.efer & EFER_SCE) == 0) {
            throw Fault.ud();
        }
    }

    @Insn(enc = "0F 34 end")
    static void sysenter(X86Cpu cpu, Instruction i) {
        requireSysenter(cpu);
        Origin origin = Origin.of(cpu);
        boolean ia32e = cpu.longMode();
        int selector = (int) cpu.sysenterCs & 0xfffc;
        long target = ia32e ? cpu.sysenterEip : cpu.sysenterEip & 0xffff_ffffL;
        cpu.setEflags(cpu.eflags() & ~(VM | IF | RF));
        cpu.r[RSP] = ia32e ? cpu.sysenterEsp : cpu.sysenterEsp & 0xffff_ffffL;
        enter(cpu, selector, selector + 8, 0, ia32e ? 8 : 4, target);
        origin.changed(Event.Cause.SYSENTER, new Origin.Via(IA32_SYSENTER_EIP, cpu.sysenterEip));
    }

    @Insn(enc = "0F 35 end", name = "sysexit^")
    static void sysexit(X86Cpu cpu, Instruction i) {
        requireSysenter(cpu);
        cpu.requireRing0();
        boolean wide = i.operandSize == 8;
        long target = wide ? cpu.r[RDX] : cpu.r[RDX] & 0xffff_ffffL;
        long stack = wide ? cpu.r[RCX] : cpu.r[RCX] & 0xffff_ffffL;
        requireCanonical(target);
        requireCanonical(stack);
        Origin origin = Origin.of(cpu);
        int selector = ((int) cpu.sysenterCs & 0xffff) + (wide ? 32 : 16) | 3;
        cpu.r[RSP] = stack;
        enter(cpu, selector, selector + 8, 3, wide ? 8 : 4, target);
        origin.changed(Event.Cause.SYSEXIT, Origin.Via.NOTHING);
    }

    private static void requireSysenter(X86Cpu cpu) {
        if (!cpu.protectedMode() || (cpu.sysenterCs & 0xfffc) == 0) {
            throw Fault.gp(0, Reason.BAD_REGISTER_VALUE, cpu.sysenterCs);
        }
    }

    private static void requireCanonical(long target) {
        if (!Segmentation.canonical(target)) {
            throw Fault.gp(0, Reason.NON_CANONICAL, target);
        }
    }

    /** Flat code and stack segments of a ring. @param code bytes: 8 = 64-bit code, else 32-bit */
    private static void enter(X86Cpu cpu, int cs, int ss, int cpl, int code, long target) {
        int dpl = cpl << 5;
        int size = code == 8 ? Segment.LONG : Segment.BIG;
        cpu.seg[CS].set(cs & 0xffff, 0, 0xffff_ffffL, CODE | dpl | size | Segment.GRANULAR);
        cpu.seg[SS].set(ss & 0xffff, 0, 0xffff_ffffL, DATA | dpl | Segment.BIG | Segment.GRANULAR);
        cpu.cpl = cpl;
        cpu.pc = target;
        cpu.modeChanged();
    }
}
