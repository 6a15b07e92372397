package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.Signals.Action;
import dev.ringscope.emulator.user.Signals.Pending;
import java.util.ArrayList;
import java.util.List;

/** What the threads of the program share of their signals: the actions, and what waits for whichever can take it. */
final class SharedSignals {
    private final Scheduler scheduler;
    private final Action[] actions = new Action[SignalNumber.COUNT + 1];
    private final List<Pending> pending = new ArrayList<>();

    SharedSignals(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    Action action(int signal) {
        return actions[signal] == null ? Action.DEFAULT : actions[signal];
    }

    void setAction(int signal, Action action) {
        actions[signal] = action;
        if (ignored(signal)) {
            pending.removeIf(p -> p.signal() == signal);
            scheduler.tasks().forEach(t -> t.signals().forget(signal));
        }
    }

    boolean ignored(int signal) {
        Action action = action(signal);
        return action.handler() == 1 || action.handler() == 0 && SignalNumber.ignoredByDefault(signal);
    }

    /** What waits for any thread. */
    List<Pending> pending() {
        return pending;
    }

    /** A signal to the process: for the oldest thread that does not block it, or it waits until one does not. */
    void raise(int signal, int code, long value, long data) {
        Signals oldest = scheduler.tasks().getFirst().signals();
        for (Task task : scheduler.tasks()) {
            if (!task.signals().blocks(signal)) {
                task.signals().raise(signal, code, value, data);
                return;
            }
        }
        oldest.raiseInto(pending, signal, code, value, data);
    }

    /** A thread has ended: what it had of the process's is for the others. */
    void inherit(List<Pending> left) {
        left.stream()
                .filter(p -> p.code() != Signals.SI_TKILL)
                .forEach(p -> raise(p.signal(), p.code(), p.value(), p.data()));
    }
}
