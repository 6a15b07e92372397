package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;
import static dev.ringscope.emulator.insn.Instruction.ES;
import static dev.ringscope.emulator.insn.Instruction.GS;
import static dev.ringscope.emulator.insn.Instruction.SS;
import static dev.ringscope.emulator.x86.X86Cpu.LDTR;
import static dev.ringscope.emulator.x86.X86Cpu.TR;

import dev.ringscope.emulator.Event;

/**
 * Task switching (Intel SDM vol. 3A, ch. 7). Faults of the checks up to 7.3, step 5 belong to the old task and are
 * thrown; those met while the new task's segment registers are loaded belong to the new task, whose EIP is then
 * current, and are returned.
 */
final class TaskSwitch {
    private enum Way {
        JUMP,
        CALL,
        RETURN
    }

    private static final int BUSY = 2;

    private final X86Cpu cpu;
    private final Way way;
    private final Descriptor target;
    private final TaskImage image;

    private TaskSwitch(X86Cpu cpu, Way way, Descriptor target) {
        this.cpu = cpu;
        this.way = way;
        this.target = target;
        image = TaskImage.read(cpu, target);
    }

    // ---- ways into it -----------------------------------------------------------------------------------------------

    /** JMP or CALL to a TSS descriptor or a task gate, its privilege checked here. */
    static void transfer(X86Cpu cpu, Descriptor d, boolean call, long next) {
        if (d.dpl() < cpu.cpl || d.dpl() < d.rpl()) {
            throw Fault.gp(d.errorCode(), Reason.DESCRIPTOR_PRIVILEGE, d.selector());
        }
        Descriptor tss = d;
        if (d.type() == Descriptor.TASK_GATE) {
            CodeSegments.checkPresent(d);
            tss = throughGate(cpu, d);
        }
        requireAvailable(tss, Fault.GP);
        CodeSegments.checkPresent(tss);
        Origin origin = Origin.of(cpu);
        Fault late = new TaskSwitch(cpu, call ? Way.CALL : Way.JUMP, tss).go(next, cpu.eflags());
        finish(cpu, origin, d, late);
    }

    /** IRET with NT set: back to the task that the link field names. */
    static void taskReturn(X86Cpu cpu, long next) {
        int selector = (int) cpu.loadSystem(cpu.segmentation.wrap(cpu.seg[TR].base), 2) & 0xffff;
        if ((selector & 4) != 0) {
            throw Fault.ts(selector & ~3, Reason.TSS_TYPE, selector);
        }
        Descriptor tss = cpu.segmentation.read(selector, Fault.TS);
        if (tss.type() != Descriptor.TSS16_BUSY && tss.type() != Descriptor.TSS_BUSY) {
            throw Fault.ts(tss.errorCode(), Reason.TSS_TYPE, tss.low());
        }
        CodeSegments.checkPresent(tss);
        Origin origin = Origin.of(cpu);
        Fault late = new TaskSwitch(cpu, Way.RETURN, tss).go(next, cpu.eflags() & ~X86Cpu.NT);
        finish(cpu, origin, tss, late);
    }

    /**
     * An interrupt or exception through a task gate; its error code is pushed on the new task's stack.
     *
     * @return a fault of the new task, or null
     */
    static Fault interrupt(X86Cpu cpu, Descriptor gate, Interruption x, long returnPc) {
        Descriptor tss = throughGate(cpu, gate);
        requireAvailable(tss, Fault.GP);
        CodeSegments.checkPresent(tss);
        Fault late = new TaskSwitch(cpu, Way.CALL, tss).go(returnPc, cpu.interrupts.pushedFlags(x));
        if (late != null || x.errorCode() < 0) {
            return late;
        }
        try {
            cpu.push(TaskState.is16(cpu) ? 2 : 4, x.errorCode());
            return null;
        } catch (Fault fault) {
            return fault;
        }
    }

    private static Descriptor throughGate(X86Cpu cpu, Descriptor gate) {
        int selector = gate.gateSelector();
        if ((selector & 4) != 0) {
            throw Fault.gp(selector & ~3, Reason.TSS_TYPE, selector);
        }
        return cpu.segmentation.readNonNull(selector, Fault.GP);
    }

    private static void requireAvailable(Descriptor tss, int vector) {
        boolean local = (tss.selector() & 4) != 0;
        if (local || tss.type() != Descriptor.TSS16 && tss.type() != Descriptor.TSS) {
            throw new Fault(vector, tss.errorCode(), Reason.TSS_TYPE, tss.low(), 0);
        }
    }

    /** An instruction has switched: it retires, and a fault of the new task comes behind it. */
    private static void finish(X86Cpu cpu, Origin origin, Descriptor via, Fault late) {
        cpu.interrupts.ignoreStep();
        origin.changed(Event.Cause.TASK_SWITCH, Origin.Via.entry(via));
        if (late != null) {
            cpu.interrupts.deliver(late);
        }
    }

    // ---- the switch (SDM vol. 3A, 7.3, steps 6 to 13)
    // -----------------------------------------------------------------

    private Fault go(long oldPc, int oldFlags) {
        Segment tr = cpu.seg[TR];
        int oldSelector = tr.selector;
        TaskImage.save(cpu, oldPc, oldFlags);
        if (way != Way.CALL) {
            markBusy(cpu.segmentation.find(oldSelector), false);
        }
        if (way == Way.CALL) {
            cpu.storeSystem(target.base(), 2, oldSelector);
        }
        if (way != Way.RETURN) {
            markBusy(target, true);
        }
        tr.set(target.selector(), target.base(), target.limit(), target.access() | BUSY);
        cpu.system.tell("tr", oldSelector, target.selector());
        cpu.system.tell("ldtr", cpu.seg[LDTR].selector, image.ldt());
        cpu.cr0 |= X86Cpu.CR0_TS;
        Fault badTables = loadCr3();
        System.arraycopy(image.registers(), 0, cpu.r, 0, 8);
        cpu.pc = image.pc();
        cpu.dr[7] &= ~0x155L; // the local enable bits L0 to L3 and LE
        cpu.paging.debugRegisters.changed();
        cpu.setEflags(image.flags() | (way == Way.CALL ? X86Cpu.NT : 0));
        if (cpu.flag(X86Cpu.RF)) {
            cpu.interrupts.resumeFlagLoaded();
        }
        if (image.trap()) {
            cpu.interrupts.debugTrap(Interrupts.DR6_BT);
        }
        Fault badSegments = loadSegments();
        return badTables != null ? badTables : badSegments;
    }

    /** PAE page-directory pointers with reserved bits set are the new task's fault. */
    private Fault loadCr3() {
        try {
            cpu.system.loadTaskCr3(image.cr3());
            return null;
        } catch (Fault fault) {
            return fault;
        }
    }

    private void markBusy(Descriptor tss, boolean busy) {
        if (tss != null) {
            int access = tss.access() & 0xff & ~BUSY | (busy ? BUSY : 0);
            cpu.storeSystem(tss.address() + 5, 1, access);
        }
    }

    /**
     * The selectors come first, all of them, with nothing behind them; then each descriptor as far as no check fails.
     */
    private Fault loadSegments() {
        for (int segment = ES; segment <= GS; segment++) {
            DataSegments.setNull(cpu.seg[segment], image.segments()[segment]);
        }
        cpu.seg[LDTR].set(image.ldt(), 0, 0, 0);
        boolean v86 = cpu.v86();
        cpu.cpl = v86 ? 3 : image.segments()[CS] & 3;
        try {
            SystemSegments.loadTaskLdt(cpu, image.ldt());
            if (v86) {
                for (int segment = ES; segment <= GS; segment++) {
                    DataSegments.loadParagraph(cpu, segment, image.segments()[segment]);
                }
            } else {
                loadProtected();
            }
            if (cpu.pc > cpu.seg[CS].limit) {
                throw Fault.gp(0, Reason.SEGMENT_LIMIT, cpu.pc);
            }
            return null;
        } catch (Fault fault) {
            return fault;
        } finally {
            cpu.modeChanged();
        }
    }

    private void loadProtected() {
        int[] selectors = image.segments();
        Descriptor code = cpu.segmentation.readNonNull(selectors[CS], Fault.TS);
        int rpl = code.rpl();
        if (!code.code() || (code.conforming() ? code.dpl() > rpl : code.dpl() != rpl)) {
            throw Fault.ts(code.errorCode(), Reason.DESCRIPTOR_PRIVILEGE, code.low());
        }
        CodeSegments.checkPresent(code);
        if ((selectors[SS] & ~3) == 0) {
            throw Fault.ts(0, Reason.NULL_SELECTOR, selectors[SS]);
        }
        Descriptor stack = DataSegments.checkedStack(cpu, selectors[SS], rpl, Fault.TS);
        fill(stack, SS);
        fill(code, CS);
        for (int segment = ES; segment <= GS; segment++) {
            if (segment != CS && segment != SS && (selectors[segment] & ~3) != 0) {
                fill(DataSegments.checked(cpu, selectors[segment], Fault.TS), segment);
            }
        }
    }

    private void fill(Descriptor d, int segment) {
        cpu.segmentation.markAccessed(d);
        Segmentation.fill(cpu.seg[segment], d.selector(), d);
    }
}
