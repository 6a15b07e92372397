package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Resume.Action;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.Target;
import java.util.HashMap;
import java.util.Map;

/** The target and what last happened to it; outlives the clients that come and go. */
public final class Inferior {
    private final Target target;
    private Stop stop;

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

    /** What the next client is told: what one client's breakpoints and interrupts did is no news for another. */
    void clientLeft() {
        stop = switch (stop) {
            case Stop.Breakpoint b -> new Stop.StepDone(b.thread());
            case Stop.Watch w -> new Stop.StepDone(w.thread());
            case Stop.Interrupted i -> new Stop.StepDone(i.thread());
            case Stop.ReplayLogBegin b -> new Stop.StepDone(b.thread());
            case Stop.ReplayLogEnd e -> new Stop.StepDone(e.thread());
            case Stop.StepDone s -> s;
            case Stop.Signalled s -> s;
            case Stop.Exited e -> e;
            case Stop.Terminated t -> t;
        };
    }

    /** Whether the program or machine has ended. */
    public boolean ended() {
        return switch (stop) {
            case Stop.Exited e -> true;
            case Stop.Terminated t -> true;
            case Stop.Breakpoint b -> false;
            case Stop.Watch w -> false;
            case Stop.StepDone s -> false;
            case Stop.Interrupted i -> false;
            case Stop.Signalled s -> false;
            case Stop.ReplayLogBegin b -> false;
            case Stop.ReplayLogEnd e -> false;
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
        stopped(target.resume(new Resume(all, Breakpoints.NONE, true, interrupt)));
        clientLeft();
    }
}
