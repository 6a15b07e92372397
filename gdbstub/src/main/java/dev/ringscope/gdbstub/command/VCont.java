package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Resume.Kind;
import dev.ringscope.gdbstub.RunDirection;
import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.command.Run.Range;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code vCont[;action[:thread-id]]...}: resumes each thread by the leftmost action that names it; the others stand
 * still, and so do those with action {@code t}.
 */
record VCont(List<Part> parts) implements Command {
    /** One action: what (nothing: to stand still), how, and for whom. */
    record Part(Optional<Kind> kind, SignalNumber signal, Optional<Range> range, ThreadId thread) {
        boolean names(GuestThread other) {
            return thread.thread() <= 0 || thread.thread() == other.id();
        }
    }

    static Command read(PacketScanner in) {
        List<Part> parts = new ArrayList<>();
        do {
            parts.add(part(in));
        } while (in.skip(';'));
        in.end();
        return new VCont(parts);
    }

    private static Part part(PacketScanner in) {
        SignalNumber signal = new SignalNumber(0);
        Optional<Range> range = Optional.empty();
        Optional<Kind> kind = Optional.of(Kind.STEP);
        if (in.skip('c')) {
            kind = Optional.of(Kind.CONTINUE);
        } else if (in.skip('t')) {
            kind = Optional.empty();
        } else if (in.skip('C')) {
            kind = Optional.of(Kind.CONTINUE);
            signal = SignalNumber.read(in);
        } else if (in.skip('S')) {
            signal = SignalNumber.read(in);
        } else if (in.skip('r')) {
            long start = in.hex64();
            range = Optional.of(new Range(start, in.expect(',').hex64()));
        } else {
            in.expect('s');
        }
        return new Part(kind, signal, range, in.skip(':') ? ThreadId.read(in) : ThreadId.ALL);
    }

    private Optional<Part> partFor(GuestThread thread) {
        for (Part part : parts) {
            if (part.names(thread)) {
                return Optional.of(part);
            }
        }
        return Optional.empty();
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        session.thread(ThreadId.ANY);
        Optional<NonStop> nonStop = session.nonStop();
        if (nonStop.isPresent()) {
            return change(session, nonStop.get());
        }
        Map<Integer, Resume.Action> actions = new HashMap<>();
        Optional<Range> range = Optional.empty();
        boolean told = false;
        for (GuestThread thread : session.target().threads()) {
            Optional<Part> part = partFor(thread);
            told |= part.isPresent();
            if (part.isPresent() && part.get().kind().isPresent()) {
                Signal signal = part.get().signal().signal();
                actions.put(thread.id(), new Resume.Action(part.get().kind().get(), signal));
                range = range.or(part.get()::range);
            }
        }
        if (!actions.isEmpty()) {
            return new Run(RunDirection.FORWARD, actions, range).go(session);
        }
        if (told) {
            return StopReply.of(session, new Stop.NoneResumed());
        }
        if (session.client().noResumed()) {
            return Reply.text("N");
        }
        throw new RefusedException("packet 'vCont' names no thread that exists");
    }

    /** In non-stop mode, where {@code t} is for threads that run, and all others for those that stand. */
    private Reply change(Session session, NonStop nonStop) throws RefusedException {
        Run.check(session);
        for (GuestThread thread : session.target().threads()) {
            Optional<Part> part = parts.stream().filter(p -> p.names(thread)).findFirst();
            if (part.isPresent() && part.get().kind().isPresent()) {
                Signal signal = part.get().signal().signal();
                Resume.Action action = new Resume.Action(part.get().kind().get(), signal);
                nonStop.resume(thread.id(), action, part.get().range());
            } else if (part.isPresent()) {
                nonStop.halt(session, thread.id());
            }
        }
        return Reply.OK;
    }
}
