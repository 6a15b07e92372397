package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume.Action;
import dev.ringscope.gdbstub.Resume.Kind;
import dev.ringscope.gdbstub.RunDirection;
import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.Target;
import dev.ringscope.gdbstub.command.Run.Range;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Non-stop mode (GDB manual, "Remote Protocol Support for Non-Stop Mode"): each thread stops for itself, and packets
 * are answered while others run. Under all threads is one machine, which stands while a packet is answered: it runs
 * from one packet to the next.
 *
 * <p>The client is notified of a stop; it asks for the following ones by {@code vStopped}, until there are none.
 */
final class NonStop {
    /** What a thread that runs does. */
    private record Course(Action action, Optional<Range> range) {
        boolean steps() {
            return action.kind() == Kind.STEP;
        }

        Course withoutSignal() {
            return new Course(new Action(action.kind(), Signal.NONE), range);
        }
    }

    private final TreeMap<Integer, Course> running = new TreeMap<>();
    private final Set<Integer> known = new HashSet<>();
    /** Stops in their order; of the first the client has been told, of the others not yet. */
    private final Deque<Stop> stops = new ArrayDeque<>();

    private int lastToStep;

    private NonStop() {}

    /** All threads that there are stand still. */
    static NonStop begin(Target target) {
        NonStop nonStop = new NonStop();
        target.threads().forEach(t -> nonStop.known.add(t.id()));
        return nonStop;
    }

    boolean isRunning() {
        return !running.isEmpty();
    }

    // ---- what the client wants --------------------------------------------------------------------------------------

    /** Lets a thread go on, unless it runs already or the client has not heard yet that it stopped. */
    void resume(int thread, Action action, Optional<Range> range) {
        if (stops.stream().noneMatch(s -> StopReply.thread(s) == thread)) {
            running.putIfAbsent(thread, new Course(action, range));
        }
    }

    /** Stops a thread that runs. */
    void halt(Session session, int thread) {
        Course course = running.remove(thread);
        if (course != null) {
            // A signal that it has not got yet is told again, and so not lost.
            stopped(session, new Stop.Signalled(thread, course.action().signal(), ""));
        }
    }

    /** {@code ^C} is for one of the threads that run. */
    void interrupt(Session session) {
        if (isRunning()) {
            int thread = running.firstKey();
            running.remove(thread);
            stopped(session, new Stop.Interrupted(thread));
        }
    }

    /** Why each thread stands that stands: the first; {@link #next} gives the others. */
    Reply status(Session session) {
        stops.clear();
        if (session.ended()) {
            stops.add(session.stop());
            return StopReply.of(session, session.stop());
        }
        for (GuestThread thread : session.target().threads()) {
            boolean last = StopReply.thread(session.stop()) == thread.id();
            if (!running.containsKey(thread.id())) {
                stops.add(last ? session.stop() : new Stop.Signalled(thread.id(), Signal.NONE, ""));
            }
        }
        return first(session);
    }

    /** The client knows of the first stop. */
    Reply next(Session session) {
        stops.poll();
        return first(session);
    }

    private Reply first(Session session) {
        return stops.isEmpty() ? Reply.OK : StopReply.of(session, stops.getFirst());
    }

    // ---- running ----------------------------------------------------------------------------------------------------

    /** Runs until a packet has come, or a thread stops, which the client is told. */
    void run(Session session) {
        adopt(session);
        if (!isRunning()) {
            stopped(session, new Stop.NoneResumed());
            return;
        }
        Run slice = slice();
        Interrupt interrupt = session.connection().startRunUntilNews();
        try {
            ended(session, slice.run(session, interrupt, true));
        } catch (RefusedException e) {
            session.console(e.getMessage() + "\n");
            List.copyOf(running.keySet()).forEach(thread -> halt(session, thread));
        } finally {
            session.connection().endRun();
        }
    }

    /** Threads that have begun run; those that have ended don't. */
    private void adopt(Session session) {
        Set<Integer> now = new HashSet<>();
        session.target().threads().forEach(t -> now.add(t.id()));
        running.keySet().retainAll(now);
        now.stream().filter(known::add).forEach(id -> resume(id, Action.CONTINUE, Optional.empty()));
    }

    /** All that run, but of those that step only one at a time: they take turns. */
    private Run slice() {
        List<Integer> steppers = new ArrayList<>();
        running.forEach((thread, course) -> {
            if (course.steps()) {
                steppers.add(thread);
            }
        });
        int one = steppers.stream()
                .filter(thread -> thread > lastToStep)
                .findFirst()
                .orElse(steppers.isEmpty() ? 0 : steppers.getFirst());
        lastToStep = one;
        Map<Integer, Action> actions = new HashMap<>();
        running.forEach((thread, course) -> {
            if (thread == one || !course.steps()) {
                actions.put(thread, course.action());
            }
        });
        Optional<Range> range =
                steppers.isEmpty() ? Optional.empty() : running.get(one).range();
        return new Run(RunDirection.FORWARD, actions, range);
    }

    private void ended(Session session, Stop stop) {
        running.replaceAll((thread, course) -> course.withoutSignal());
        switch (stop) {
            case Stop.Interrupted i -> {
                if (!session.connection().hasNews()) {
                    interrupt(session); // by the byte that interrupts elsewhere
                }
            }
            case Stop.OfThread o -> {
                adopt(session); // it may be the last of those that ran before
                running.remove(o.thread());
                stopped(session, o);
            }
            case Stop.NoneResumed n -> {
                running.clear();
                stopped(session, n);
            }
            case Stop.Exited e -> {
                running.clear();
                stopped(session, e);
            }
            case Stop.Terminated t -> {
                running.clear();
                stopped(session, t);
            }
        }
    }

    private void stopped(Session session, Stop stop) {
        session.threadStopped(stop);
        if (stop instanceof Stop.NoneResumed && !session.client().noResumed()) {
            return;
        }
        Run.tell(session, stop);
        stops.add(stop);
        if (stops.size() == 1) {
            session.tell("Stop:" + StopReply.text(session, stop));
        }
    }
}
