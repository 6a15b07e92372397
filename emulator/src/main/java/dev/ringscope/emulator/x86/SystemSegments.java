package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.CR4_UMIP;
import static dev.ringscope.emulator.x86.X86Cpu.LDTR;
import static dev.ringscope.emulator.x86.X86Cpu.TR;

import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** LDTR and TR (Intel SDM vol. 3A, 2.4.2, 2.4.4 and 3.5.1; vol. 2, LLDT, LTR, SLDT, STR). */
final class SystemSegments {
    private SystemSegments() {}

    @Insn(enc = {"0F 00 /0 Rv end", "0F 00 /0 Mw end"})
    static void sldt(X86Cpu cpu, Instruction i) {
        store(cpu, i, LDTR);
    }

    @Insn(enc = {"0F 00 /1 Rv end", "0F 00 /1 Mw end"})
    static void str(X86Cpu cpu, Instruction i) {
        store(cpu, i, TR);
    }

    private static void store(X86Cpu cpu, Instruction i, int register) {
        requireProtected(cpu);
        if ((cpu.cr4 & CR4_UMIP) != 0 && cpu.cpl != 0) {
            throw Fault.gp(Reason.PRIVILEGE);
        }
        cpu.writeE(i, i.memory ? 2 : i.operandSize, cpu.seg[register].selector);
    }

    /** These instructions do not exist in real-address and virtual-8086 mode. */
    static void requireProtected(X86Cpu cpu) {
        if (cpu.realOrV86()) {
            throw Fault.ud();
        }
    }

    @Insn(enc = "0F 00 /2 Ew end")
    static void lldt(X86Cpu cpu, Instruction i) {
        requireProtected(cpu);
        cpu.requireRing0();
        int selector = (int) cpu.readE(i, 2) & 0xffff;
        int old = cpu.seg[LDTR].selector;
        loadLdt(cpu, selector, Fault.GP);
        cpu.system.tell("ldtr", old, selector);
    }

    @Insn(enc = "0F 00 /3 Ew end")
    static void ltr(X86Cpu cpu, Instruction i) {
        requireProtected(cpu);
        cpu.requireRing0();
        int selector = (int) cpu.readE(i, 2) & 0xffff;
        int old = cpu.seg[TR].selector;
        loadTr(cpu, selector);
        cpu.system.tell("tr", old, selector);
    }

    /** A null selector is fine: the LDT is then unusable. */
    private static void loadLdt(X86Cpu cpu, int selector, int vector) {
        if ((selector & ~3) == 0) {
            cpu.seg[LDTR].set(selector, 0, 0, 0);
            return;
        }
        Descriptor d = global(cpu, selector, vector);
        if (d.type() != Descriptor.LDT || !d.whole()) {
            throw new Fault(vector, d.errorCode(), Reason.DESCRIPTOR_TYPE, d.low(), 0);
        }
        if (!d.present()) {
            int notPresent = vector == Fault.TS ? Fault.TS : Fault.NP;
            throw new Fault(notPresent, d.errorCode(), Reason.SEGMENT_NOT_PRESENT, selector, 0);
        }
        load(cpu, LDTR, d, d.access());
    }

    /** The LDT of a task just switched to: what is wrong with it is an invalid TSS. */
    static void loadTaskLdt(X86Cpu cpu, int selector) {
        loadLdt(cpu, selector, Fault.TS);
    }

    private static void loadTr(X86Cpu cpu, int selector) {
        if ((selector & ~3) == 0) {
            throw Fault.gp(0, Reason.NULL_SELECTOR, selector);
        }
        Descriptor d = global(cpu, selector, Fault.GP);
        boolean available = d.type() == Descriptor.TSS || d.type() == Descriptor.TSS16 && !cpu.longMode();
        if (!available || !d.whole()) {
            throw Fault.gp(d.errorCode(), Reason.TSS_TYPE, d.low());
        }
        CodeSegments.checkPresent(d);
        int busy = d.access() | 2;
        checkBase(cpu, d);
        cpu.storeSystem(d.address() + 5, 1, busy & 0xff);
        load(cpu, TR, d, busy);
    }

    private static Descriptor global(X86Cpu cpu, int selector, int vector) {
        if ((selector & 4) != 0) {
            throw new Fault(vector, selector & ~3, Reason.DESCRIPTOR_LIMIT, selector, 0);
        }
        return cpu.segmentation.read(selector, vector);
    }

    private static void checkBase(X86Cpu cpu, Descriptor d) {
        if (cpu.longMode() && !Segmentation.canonical(d.base())) {
            throw Fault.gp(d.errorCode(), Reason.NON_CANONICAL, d.base());
        }
    }

    private static void load(X86Cpu cpu, int register, Descriptor d, int access) {
        checkBase(cpu, d);
        cpu.seg[register].set(d.selector(), d.base(), d.limit(), access);
    }
}
