package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.insn.Instruction.CS;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.x86.Interruption.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes an interrupt or exception to its handler, and another one if that faults (Intel SDM vol. 3A, 6.10 to 6.15). The
 * ways through the tables are {@link RealModeInterrupt}, {@link InterruptGates} and {@link TaskSwitch}.
 */
final class Delivery {
    private static final int DR7_GD = 1 << 13;

    private final X86Cpu cpu;
    private final Interrupts interrupts;
    private final InterruptGates gates;

    Delivery(X86Cpu cpu, Interrupts interrupts) {
        this.cpu = cpu;
        this.interrupts = interrupts;
        gates = new InterruptGates(cpu);
    }

    /** Delivers until one gets through; the return address is {@code cpu.pc}. */
    void deliver(Interruption first) {
        List<Interruption> chain = new ArrayList<>(1);
        Interruption x = first;
        while (true) {
            chain.add(x);
            if (x.vector() == Fault.PF && x.kind() == Kind.FAULT) {
                cpu.cr2 = x.address();
            }
            Fault nested;
            try {
                nested = enter(x, cpu.pc);
                if (nested == null) {
                    return;
                }
            } catch (Fault fault) {
                nested = fault;
            }
            if (nested.vector == Fault.PF) {
                cpu.cr2 = nested.address; // even if a double fault follows
            }
            if (x.shutsDown(nested)) {
                shutDown(chain, nested);
                return;
            }
            x = x.followedBy(nested);
        }
    }

    /** A fault while delivering a double fault (SDM vol. 3A, 6.15, interrupt 8): the machine stops as it stands. */
    private void shutDown(List<Interruption> chain, Fault last) {
        StringBuilder text = new StringBuilder("triple fault at %04x:%x: ".formatted(cpu.seg[CS].selector, cpu.pc));
        for (Interruption x : chain) {
            text.append(x.describe()).append("; while delivering it ");
        }
        cpu.stop(
                StopReason.TRIPLE_FAULT,
                text.append(Interruption.of(last).describe()).toString());
    }

    /** See {@link Interrupts#software}. */
    void software(Kind kind, int vector, long next) {
        Interruption x = new Interruption(kind, vector, -1, softwareReason(kind, vector), 0, 0);
        Fault late = enter(x, next);
        if (late != null) {
            deliver(Interruption.of(late));
        }
    }

    private static Reason softwareReason(Kind kind, int vector) {
        if (kind != Kind.SOFTWARE_EXCEPTION) {
            return Reason.NONE;
        }
        return vector == Fault.OF ? Reason.OVERFLOW : Reason.BREAKPOINT;
    }

    /** See {@link Interrupts#redirect}. */
    void redirect(int vector, long next) {
        int selector = cpu.seg[CS].selector;
        RealModeInterrupt.redirect(cpu, vector, next);
        taken(Interruption.of(Kind.SOFTWARE, vector), selector, next);
    }

    /** @return the fault that a new task met before its first instruction, or null */
    private Fault enter(Interruption x, long returnPc) {
        Origin origin = Origin.of(cpu);
        int selector = cpu.seg[CS].selector;
        Fault late = null;
        Origin.Via via;
        try {
            if (!cpu.protectedMode()) {
                via = new Origin.Via(cpu.idtrBase + x.vector() * 4L, 0);
                RealModeInterrupt.enter(cpu, x.vector(), returnPc);
            } else {
                Descriptor gate = gates.gate(x);
                via = Origin.Via.entry(gate);
                if (gate.type() == Descriptor.TASK_GATE) {
                    late = TaskSwitch.interrupt(cpu, gate, x, returnPc);
                } else {
                    gates.enter(x, gate, returnPc);
                }
            }
        } catch (Fault nested) {
            throw x.blame(nested);
        }
        taken(x, selector, returnPc);
        origin.changed(x.cause(), x.vector(), via);
        return late == null ? null : x.blame(late);
    }

    private void taken(Interruption x, int selector, long returnPc) {
        cpu.halted = false;
        cpu.shadowEnd = 0;
        interrupts.delivered(x);
        if (x.vector() == Fault.DB && x.cause() == Event.Cause.EXCEPTION) {
            cpu.dr[6] |= x.detail();
            cpu.dr[7] &= ~DR7_GD;
        }
        if (cpu.recorder != Recorder.NONE) {
            cpu.recorder.event(new Event.Trap(
                    cpu.position(),
                    x.cause(),
                    x.vector(),
                    x.errorCode(),
                    x.address(),
                    selector,
                    returnPc,
                    x.reason() == Reason.NONE ? "" : x.reason().name(),
                    x.detail()));
        }
    }
}
