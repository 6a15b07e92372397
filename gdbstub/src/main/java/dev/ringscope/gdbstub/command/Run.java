package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Resume.Action;
import dev.ringscope.gdbstub.Resume.Kind;
import dev.ringscope.gdbstub.ReverseExecution;
import dev.ringscope.gdbstub.RunDirection;
import dev.ringscope.gdbstub.Stop;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

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
        if (session.ended()) {
            throw new RefusedException("the target has exited");
        }
        Optional<ReverseExecution> reverse = session.target().reverse();
        if (direction == RunDirection.BACKWARD && reverse.isEmpty()) {
            return Reply.UNSUPPORTED;
        }
        Interrupt interrupt = session.connection().startRun();
        Stop stop;
        try {
            stop = run(session, interrupt, reverse);
        } finally {
            session.connection().endRun();
        }
        session.stopped(stop);
        if (stop instanceof Stop.Signalled signalled && !signalled.text().isEmpty()) {
            session.console(signalled.text().endsWith("\n") ? signalled.text() : signalled.text() + "\n");
        }
        return StopReply.of(session, stop);
    }

    private Stop run(Session session, Interrupt interrupt, Optional<ReverseExecution> reverse) throws RefusedException {
        if (direction == RunDirection.FORWARD) {
            Optional<Stop> here = alreadyThere(session);
            if (here.isPresent()) {
                return here.get();
            }
        }
        Resume how = new Resume(
                actions, session.breakpoints().forTarget(), session.stepping().intoInterrupts(), interrupt);
        while (true) {
            Stop stop = switch (direction) {
                case FORWARD -> session.target().resume(how);
                case BACKWARD -> reverse.orElseThrow().resumeBackwards(how);
            };
            if (isFiltered(session, stop)) {
                if (how.stepping().isPresent()) {
                    stop = new Stop.StepDone(StopReply.thread(stop));
                } else {
                    continue;
                }
            }
            if (stop instanceof Stop.StepDone done && inRange(session, done.thread())) {
                continue;
            }
            return stop;
        }
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
                !session.find(w.thread()).map(session.filter()::passes).orElse(true);
            case Stop.StepDone s -> false;
            case Stop.Interrupted i -> false;
            case Stop.Signalled s -> false;
            case Stop.ReplayLogBegin b -> false;
            case Stop.ReplayLogEnd e -> false;
            case Stop.Exited e -> false;
            case Stop.Terminated t -> false;
        };
    }

    private static boolean stops(Session session, int id, long address) {
        Optional<GuestThread> thread = session.find(id);
        return thread.isEmpty()
                || session.filter().passes(thread.get())
                        && session.breakpoints().stops(session.target().description(), thread.get(), address);
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
