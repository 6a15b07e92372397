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
        List<FailedDelivery> chain = List.of();
        Interruption x = first;
        while (true) {
            if (x.vector() == Fault.PF && x.kind() == Kind.FAULT) {
                cpu.cr2 = x.address();
            }
            Fault nested;
            try {
                nested = enter(x, cpu.pc);
                if (nested == null) {
                    interrupts.undelivered(chain);
                    return;
                }
            } catch (Fault fault) {
                nested = fault;
            }
            if (nested.vector == Fault.PF) {
                cpu.cr2 = nested.address; // even if a double fault follows
            }
            chain = chain.isEmpty() ? new ArrayList<>() : chain;
            chain.add(new FailedDelivery(trap(x), trap(Interruption.of(nested))));
            if (x.shutsDown(nested)) {
                shutDown(chain);
                return;
            }
            x = x.followedBy(nested);
        }
    }

    /** A fault while delivering a double fault (SDM vol. 3A, 6.15, interrupt 8): the machine stops as it stands. */
    private void shutDown(List<FailedDelivery> chain) {
        interrupts.undelivered(chain);
        StringBuilder text = new StringBuilder("triple fault at %04x:%x: ".formatted(cpu.seg[CS].selector, cpu.pc));
        text.append(Interruption.describe(chain.getFirst().of()));
        for (int n = 0; n < chain.size(); n++) {
            text.append("; while delivering it ")
                    .append(Interruption.describe(chain.get(n).met()));
            text.append(n == chain.size() - 2 ? ", together #DF(0)" : ""); // the last link is that of the double fault
        }
        cpu.stop(StopReason.TRIPLE_FAULT, text.toString());
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

    private Event.Trap trap(Interruption x) {
        return x.trap(cpu.position(), cpu.seg[CS].selector, cpu.pc);
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
            cpu.recorder.event(x.trap(cpu.position(), selector, returnPc));
        }
    }
}
