package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Insn;
import dev.ringscope.emulator.insn.Instruction;

/** Far JMP and CALL (Intel SDM vol. 3A, 5.8; vol. 2, JMP, CALL): to code segments, through call gates, to tasks. */
final class FarTransfers {
    private FarTransfers() {}

    @Insn(enc = "EA Ap i64 end", name = "jmp~", att = "ljmp~")
    static void jmpFar(X86Cpu cpu, Instruction i) {
        jump(cpu, i, FarPointer.immediate(i));
    }

    @Insn(enc = "FF /5 Mp end", name = "jmp~", att = "ljmp~")
    static void jmpFarIndirect(X86Cpu cpu, Instruction i) {
        jump(cpu, i, FarPointer.read(cpu, i));
    }

    @Insn(enc = "9A Ap i64 end", name = "call~", att = "lcall~")
    static void callFar(X86Cpu cpu, Instruction i) {
        call(cpu, i, FarPointer.immediate(i));
    }

    @Insn(enc = "FF /3 Mp end", name = "call~", att = "lcall~")
    static void callFarIndirect(X86Cpu cpu, Instruction i) {
        call(cpu, i, FarPointer.read(cpu, i));
    }

    private static void jump(X86Cpu cpu, Instruction i, FarPointer to) {
        Origin origin = Origin.of(cpu);
        if (cpu.realOrV86()) {
            CodeSegments.enterParagraph(cpu, to.selector(), to.offset());
            return;
        }
        Descriptor d = cpu.segmentation.readNonNull(to.selector(), Fault.GP);
        if (d.code()) {
            CodeSegments.checkDirect(cpu, d);
            CodeSegments.checkOffset(cpu, d, to.offset());
            CodeSegments.enter(cpu, d, cpu.cpl, to.offset());
            origin.changed(Event.Cause.FAR_JUMP, Origin.Via.entry(d));
            return;
        }
        switch (kind(cpu, d)) {
            case CALL_GATE -> CallGate.jump(cpu, d);
            case TASK -> TaskSwitch.transfer(cpu, d, false, i.next());
        }
    }

    private static void call(X86Cpu cpu, Instruction i, FarPointer to) {
        int w = i.operandSize;
        Origin origin = Origin.of(cpu);
        if (cpu.realOrV86()) {
            PendingStack stack = pushReturn(cpu, w, i.next());
            CodeSegments.enterParagraph(cpu, to.selector(), to.offset());
            stack.commit();
            return;
        }
        Descriptor d = cpu.segmentation.readNonNull(to.selector(), Fault.GP);
        if (d.code()) {
            CodeSegments.checkDirect(cpu, d);
            PendingStack stack = pushReturn(cpu, w, i.next());
            CodeSegments.checkOffset(cpu, d, to.offset());
            CodeSegments.enter(cpu, d, cpu.cpl, to.offset());
            stack.commit();
            origin.changed(Event.Cause.FAR_CALL, Origin.Via.entry(d));
            return;
        }
        switch (kind(cpu, d)) {
            case CALL_GATE -> CallGate.call(cpu, d, i.next());
            case TASK -> TaskSwitch.transfer(cpu, d, true, i.next());
        }
    }

    static PendingStack pushReturn(X86Cpu cpu, int w, long next) {
        PendingStack stack = PendingStack.current(cpu).need(2 * w);
        stack.push(w, cpu.seg[CS].selector);
        stack.push(w, next);
        return stack;
    }

    private enum Kind {
        CALL_GATE,
        TASK
    }

    /** What a system descriptor is good for; #GP for all else. IA-32e mode knows only the 64-bit call gate. */
    private static Kind kind(X86Cpu cpu, Descriptor d) {
        boolean legacy = !cpu.longMode();
        int type = d.type();
        if (type == Descriptor.CALL_GATE && d.whole() || legacy && type == Descriptor.CALL_GATE16) {
            return Kind.CALL_GATE;
        }
        boolean task = type == Descriptor.TASK_GATE || type == Descriptor.TSS16 || type == Descriptor.TSS;
        if (!legacy || !task) {
            throw Fault.gp(d.errorCode(), Reason.DESCRIPTOR_TYPE, d.low());
        }
        return Kind.TASK;
    }
}
