package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Resume.Action;
import dev.ringscope.gdbstub.Resume.Kind;
import dev.ringscope.gdbstub.RunDirection;
import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.Stop;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One run on behalf of any of the resume packets: gives the target its breakpoints, and starts it again as long as it
 * stops only at conditions that do not hold or within the range to be stepped through.
 *
 * <p>Forwards, a breakpoint under the pc of a thread that is to continue counts at once, for gdb takes away those that
 * it wants passed. Backwards it doesn't: the instruction there is not the one about to be undone.
 *
 * @param actions what each thread does, by id
 * @param range addresses that a stepping thread is to leave before it stops
 */
record Run(RunDirection direction, Map<Integer, Action> actions, Optional<Range> range) {

    /** From {@code start} up to but without {@code end}, unsigned. */
    record Range(long start, long end) {
        boolean contains(long address) {
            return Long.compareUnsigned(address - start, end - start) < 0;
        }
    }

    static Run forwards(Map<Integer, Action> actions) {
        return new Run(RunDirection.FORWARD, actions, Optional.empty());
    }

    /** One thread does this, and if it doesn't step, so do all others. */
    static Map<Integer, Action> actions(Session session, Action action) throws RefusedException {
        GuestThread thread = session.continuingThread();
        Map<Integer, Action> actions = new HashMap<>();
        if (action.kind() == Kind.CONTINUE) {
            session.target().threads().forEach(t -> actions.put(t.id(), Action.CONTINUE));
        }
        actions.put(thread.id(), action);
        return actions;
    }

    /** Runs until there is something to tell, and tells it. */
    Reply go(Session session) throws RefusedException {
        check(session);
        if (direction == RunDirection.BACKWARD && session.target().reverse().isEmpty()) {
            return Reply.UNSUPPORTED;
        }
        Optional<NonStop> nonStop = session.nonStop();
        if (nonStop.isPresent()) {
            if (direction == RunDirection.BACKWARD) {
                throw new RefusedException("in non-stop mode nothing goes back: 'set non-stop off' before connecting");
            }
            actions.forEach((thread, action) -> nonStop.get().resume(thread, action, range));
            return Reply.OK;
        }
        session.tellRefusal();
        Interrupt interrupt = session.connection().startRun();
        Stop stop;
        try {
            stop = run(session, interrupt, false);
        } finally {
            session.connection().endRun();
        }
        session.stopped(stop);
        tell(session, stop);
        return StopReply.of(session, stop);
    }

    /** Whether anything can run at all. */
    static void check(Session session) throws RefusedException {
        if (session.ended()) {
            throw new RefusedException("the target has exited");
        }
        if (session.frames().selected()) {
            throw new RefusedException("a trace frame is selected: 'tfind none' first");
        }
    }

    /** Shows what the target says to the user about a stop. */
    static void tell(Session session, Stop stop) {
        String text = stop instanceof Stop.Signalled s ? s.text() : stop instanceof Stop.ReplayLogEnd e ? e.text() : "";
        if (!text.isEmpty()) {
            session.console(text.endsWith("\n") ? text : text + "\n");
        }
    }

    /**
     * Runs until there is something to tell.
     *
     * @param interruptsNothing the run is interrupted only to be taken up again: a step that is done by then is told
     */
    Stop run(Session session, Interrupt interrupt, boolean interruptsNothing) throws RefusedException {
        if (direction == RunDirection.FORWARD) {
            Optional<Stop> here = alreadyThere(session);
            if (here.isPresent()) {
                return here.get();
            }
        }
        Resume how = new Resume(
                actions,
                session.breakpoints().forTarget(),
                session.stepping().intoInterrupts(),
                session.events().now(),
                interrupt);
        Set<Integer> known = ids(session);
        while (!interrupt.requested() || hasSignal(how)) {
            Stop stop = switch (direction) {
                case FORWARD -> session.target().resume(how);
                case BACKWARD -> session.target().reverse().orElseThrow().resumeBackwards(how);
            };
            if (isFiltered(session, stop)) {
                if (!endsStep(how, stop)) {
                    how = again(session, how, known);
                    continue;
                }
                stop = new Stop.StepDone(StopReply.thread(stop));
            }
            if (!(stop instanceof Stop.StepDone done)) {
                return stop;
            }
            boolean lost = interrupt.requested() && !interruptsNothing;
            if (!lost && !inRange(session, done.thread())) {
                return stop;
            }
            how = again(session, how, known);
        }
        // Also of a step that was done by then: gdb may step on and on, and would not hear of it.
        return new Stop.Interrupted(how.stepping().orElse(StopReply.thread(session.stop())));
    }

    /** Whether a stop that is not to be told of is where a stepping thread has come to by its one instruction. */
    private static boolean endsStep(Resume how, Stop stop) {
        boolean place = stop instanceof Stop.Breakpoint || stop instanceof Stop.Watch;
        return place && how.stepping().isPresent() && how.stepping().getAsInt() == StopReply.thread(stop);
    }

    /** The same once more: signals have been delivered, and threads that have begun meanwhile run on. */
    private static Resume again(Session session, Resume how, Set<Integer> known) {
        if (nothingNew(session, how, known)) {
            return how;
        }
        Map<Integer, Action> actions = new HashMap<>();
        how.actions().forEach((id, action) -> actions.put(id, new Action(action.kind(), Signal.NONE)));
        for (int id : ids(session)) {
            if (known.add(id)) {
                actions.put(id, Action.CONTINUE);
            }
        }
        return new Resume(actions, how.breakpoints(), how.stepIntoInterrupts(), how.events(), how.interrupt());
    }

    /** Whether there is a signal yet to be delivered, which must not be lost. */
    private static boolean hasSignal(Resume how) {
        for (Action action : how.actions().values()) {
            if (action.signal() != Signal.NONE) {
                return true;
            }
        }
        return false;
    }

    /** This is asked at every stop whose condition does not hold. */
    private static boolean nothingNew(Session session, Resume how, Set<Integer> known) {
        if (hasSignal(how)) {
            return false;
        }
        for (GuestThread thread : session.target().threads()) {
            if (!known.contains(thread.id())) {
                return false;
            }
        }
        return true;
    }

    private static Set<Integer> ids(Session session) {
        Set<Integer> ids = new HashSet<>();
        for (GuestThread thread : session.target().threads()) {
            ids.add(thread.id());
        }
        return ids;
    }

    private Optional<Stop> alreadyThere(Session session) {
        for (GuestThread thread : session.target().threads()) {
            Action action = actions.get(thread.id());
            if (action != null && action.kind() == Kind.CONTINUE) {
                long pc = pc(session, thread);
                if (session.breakpoints().forTarget().at(pc) && stops(session, thread.id(), pc)) {
                    return Optional.of(new Stop.Breakpoint(thread.id(), pc));
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a breakpoint or watchpoint was met whose conditions don't hold. */
    private static boolean isFiltered(Session session, Stop stop) {
        return switch (stop) {
            case Stop.Breakpoint b -> !stops(session, b.thread(), b.address());
            case Stop.Watch w ->
                !session.find(w.thread())
                        .map(thread -> session.filters().pass(thread, w.address()))
                        .orElse(true);
            // A target may tell of a thread that the client doesn't want to hear of.
            case Stop.ThreadCreated c -> !session.events().now().threads();
            case Stop.ThreadExited e -> !session.events().now().threads();
            case Stop.OfThread o -> false;
            case Stop.NoneResumed n -> false;
            case Stop.Exited e -> false;
            case Stop.Terminated t -> false;
        };
    }

    private static boolean stops(Session session, int id, long address) {
        Optional<GuestThread> thread = session.find(id);
        return thread.isEmpty()
                || session.filters().pass(thread.get(), address)
                        && session.breakpoints().stops(session.view(), thread.get(), address);
    }

    private boolean inRange(Session session, int id) {
        return range.isPresent()
                && session.find(id)
                        .map(t -> range.get().contains(pc(session, t)))
                        .orElse(false);
    }

    private static long pc(Session session, GuestThread thread) {
        Register pc = session.target().description().pc();
        return pc.decode(thread.registers().read(pc));
    }
}
