package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.ProgramEvents;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Resume.Action;
import dev.ringscope.gdbstub.Resume.Kind;
import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.SyscallCatch;
import dev.ringscope.gdbstub.Target;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The target and what last happened to it; outlives the clients that come and go. */
public final class Inferior {
    private final Target target;
    private Stop stop;
    private Set<Signal> programSignals = EnumSet.allOf(Signal.class);

    public Inferior(Target target) {
        this.target = target;
        this.stop = new Stop.StepDone(target.threads().getFirst().id());
    }

    Target target() {
        return target;
    }

    /** Why the target stands where it stands; a step's end before it has ever run. */
    Stop stop() {
        return stop;
    }

    void stopped(Stop why) {
        stop = why;
    }

    void programSignals(Set<Signal> signals) {
        programSignals = signals;
    }

    /** A new client has come, and has not said yet which signals the program may get. */
    void clientCame() {
        programSignals = EnumSet.allOf(Signal.class);
    }

    /** What the next client is told: what one client's breakpoints and interrupts did is no news for another. */
    void clientLeft() {
        stop = switch (stop) {
            case Stop.Signalled s -> s;
            case Stop.OfThread o -> new Stop.StepDone(o.thread());
            case Stop.NoneResumed n ->
                new Stop.StepDone(target.threads().getFirst().id());
            case Stop.Exited e -> e;
            case Stop.Terminated t -> t;
        };
    }

    /** Whether the program or machine has ended. */
    public boolean ended() {
        return switch (stop) {
            case Stop.Exited e -> true;
            case Stop.Terminated t -> true;
            case Stop.OfThread o -> false;
            case Stop.NoneResumed n -> false;
        };
    }

    /** Whether a detached target goes on by itself. */
    public boolean runsDetached() {
        return !ended() && target.runsDetached();
    }

    /** Lets the target run with nobody watching, until it ends or stops by itself or {@code interrupt} is requested. */
    public void runDetached(Interrupt interrupt) throws RefusedException {
        Map<Integer, Action> all = new HashMap<>();
        for (GuestThread thread : target.threads()) {
            all.put(thread.id(), Action.CONTINUE);
        }
        // The program has not got the signal yet that the client was told of.
        if (stop instanceof Stop.Signalled s && programSignals.contains(s.signal())) {
            all.put(s.thread(), new Action(Kind.CONTINUE, s.signal()));
        }
        ProgramEvents undisturbed = new ProgramEvents(SyscallCatch.NONE, EnumSet.allOf(Signal.class), false);
        stopped(target.resume(new Resume(all, Breakpoints.NONE, true, undisturbed, interrupt)));
        // It was left in its past and lives on from the end of that, or was about to exit.
        while (stop instanceof Stop.ReplayLogEnd && !interrupt.requested()) {
            all.replaceAll((thread, action) -> Action.CONTINUE);
            stopped(target.resume(new Resume(all, Breakpoints.NONE, true, undisturbed, interrupt)));
        }
        clientLeft();
    }
}
