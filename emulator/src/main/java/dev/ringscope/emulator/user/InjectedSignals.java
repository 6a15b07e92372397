package dev.ringscope.emulator.user;

import java.util.ArrayList;
import java.util.List;

/** Signals that a debugger has sent and no thread has been told of yet. */
final class InjectedSignals {
    private record Injected(int tid, int signal) {}

    private final List<Injected> waiting = new ArrayList<>();

    void add(int tid, int signal) {
        waiting.add(new Injected(tid, signal));
    }

    /** Raises them; what a thread was to get that has ended is for the oldest. */
    void raise(Scheduler scheduler) {
        for (Injected i : waiting) {
            Task task = scheduler.find(i.tid).orElse(scheduler.tasks().getFirst());
            task.signals().raise(i.signal, Signals.SI_USER, IdentityCalls.PARENT, 0);
        }
        waiting.clear();
    }
}
