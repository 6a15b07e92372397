package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;
import static dev.ringscope.emulator.insn.Instruction.SS;
import static dev.ringscope.emulator.x86.X86Cpu.RSP;

import dev.ringscope.emulator.Event;

/** Call gates of 16, 32 and 64 bits (Intel SDM vol. 3A, 5.8.3 to 5.8.5). */
final class CallGate {
    private CallGate() {}

    static void jump(X86Cpu cpu, Descriptor gate) {
        Origin origin = Origin.of(cpu);
        Descriptor code = code(cpu, gate);
        if (!code.conforming() && code.dpl() != cpu.cpl) {
            throw Fault.gp(code.errorCode(), Reason.DESCRIPTOR_PRIVILEGE, code.low());
        }
        CodeSegments.checkPresent(code);
        CodeSegments.checkOffset(cpu, code, gate.gateOffset());
        CodeSegments.enter(cpu, code, cpu.cpl, gate.gateOffset());
        origin.changed(Event.Cause.CALL_GATE, Origin.Via.entry(gate));
    }

    static void call(X86Cpu cpu, Descriptor gate, long next) {
        Origin origin = Origin.of(cpu);
        Descriptor code = code(cpu, gate);
        CodeSegments.checkPresent(code);
        int w = cpu.longMode() ? 8 : gate.type() == Descriptor.CALL_GATE ? 4 : 2;
        boolean inner = !code.conforming() && code.dpl() < cpu.cpl;
        int cpl = inner ? code.dpl() : cpu.cpl;
        PendingStack stack = inner
                ? innerStack(cpu, gate, cpl, w)
                : PendingStack.current(cpu).need(2 * w);
        stack.push(w, cpu.seg[CS].selector);
        stack.push(w, next);
        CodeSegments.checkOffset(cpu, code, gate.gateOffset());
        CodeSegments.enter(cpu, code, cpl, gate.gateOffset());
        stack.commit();
        origin.changed(Event.Cause.CALL_GATE, Origin.Via.entry(gate));
    }

    /** The inner ring's stack with the old SS:ESP and the parameters of the old stack on it. */
    private static PendingStack innerStack(X86Cpu cpu, Descriptor gate, int cpl, int w) {
        int parameters = w == 8 ? 0 : gate.parameters();
        long[] values = new long[parameters];
        PendingStack stack =
                TaskState.innerStack(cpu, cpl, w * (4 + parameters)).need(w * (4 + parameters));
        for (int n = 0; n < parameters; n++) {
            values[n] = cpu.peek(w, n * w);
        }
        stack.push(w, cpu.seg[SS].selector);
        stack.push(w, cpu.r[RSP]);
        for (int n = parameters - 1; n >= 0; n--) {
            stack.push(w, values[n]);
        }
        return stack;
    }

    /**
     * Gate and code segment as far as JMP and CALL check them alike; the RPL of the gate's selector does not matter.
     */
    private static Descriptor code(X86Cpu cpu, Descriptor gate) {
        if (gate.dpl() < cpu.cpl || gate.dpl() < gate.rpl()) {
            throw Fault.gp(gate.errorCode(), Reason.GATE_PRIVILEGE, gate.low());
        }
        if (!gate.present()) {
            throw Fault.np(gate.errorCode(), Reason.SEGMENT_NOT_PRESENT, gate.low());
        }
        Descriptor code = cpu.segmentation.readNonNull(gate.gateSelector(), Fault.GP);
        boolean fits = code.code() && (!cpu.longMode() || code.longMode() && !code.big());
        if (!fits) {
            throw Fault.gp(code.errorCode(), Reason.DESCRIPTOR_TYPE, code.low());
        }
        if (code.dpl() > cpu.cpl) {
            throw Fault.gp(code.errorCode(), Reason.DESCRIPTOR_PRIVILEGE, code.low());
        }
        return code;
    }
}
