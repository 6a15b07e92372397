package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.CallSurvey;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Interrupts;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Rings;
import dev.ringscope.trace.query.SystemCalls;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Holds what is said of system calls' and interrupts' ends against the ring changes that the trace stores: each end is
 * a change to ring 3, no two have the same, and it is said to have returned if and only if that goes where it came
 * from.
 */
final class ReturnsToRing3 {
    private static final int SYSCALL_LENGTH = 2;

    final List<SystemCalls.SystemCall> calls = new ArrayList<>();
    final List<Interrupts.Interrupt> interrupts = new ArrayList<>();
    /** To ring 3, by position; those that end something are taken out. */
    final TreeMap<Long, Event.RingChange> outward = new TreeMap<>();

    private final TreeMap<Long, Event.RingChange> inward = new TreeMap<>();

    ReturnsToRing3(Recording recording) throws IOException {
        Rings.list(recording, Filter.ALL, change -> {
            if (change.from() != change.to()) {
                (change.to() == 3 ? outward : inward).put(change.position(), change);
            }
            return true;
        });
        CallSurvey.of(recording, new Symbols(), calls::add, interrupts::add, Asker.PATIENT);
        for (SystemCalls.SystemCall call : calls) {
            if (call.ending() != SystemCalls.End.OPEN) {
                Event.RingChange end = outward.remove(call.end() - 1);
                assertThat(end).as("end of %s", call).isNotNull();
                boolean back = end.toPc() == call.pc() + SYSCALL_LENGTH
                        && end.toStack() == inward.get(call.position()).fromStack();
                assertThat(call.ending() == SystemCalls.End.RETURNED)
                        .as("%s, which ended by %s", call, end)
                        .isEqualTo(back);
            }
        }
        for (Interrupts.Interrupt interrupt : interrupts) {
            if (interrupt.ended() && interrupt.fromRing() == 3) {
                assertThat(outward.remove(interrupt.end() - 1))
                        .as("end of %s", interrupt)
                        .isNotNull();
            }
        }
    }

    List<SystemCalls.SystemCall> open() {
        return calls.stream()
                .filter(call -> call.ending() == SystemCalls.End.OPEN)
                .toList();
    }
}
