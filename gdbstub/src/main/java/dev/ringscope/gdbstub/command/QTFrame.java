package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.TraceFrames;
import dev.ringscope.gdbstub.TraceFrames.PcSearch;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.Optional;

/**
 * {@code QTFrame:n}, {@code QTFrame:pc:addr}, {@code QTFrame:range:start:end} and {@code QTFrame:outside:start:end}:
 * gdb's {@code tfind}. Frame n of a recording is the moment where n instructions have retired; a search goes forwards
 * from where the target stands. Answered with {@code F} and the frame's number, -1 if there is none.
 *
 * <p>{@code QTFrame:tdp:n} searches for tracepoint n, and there are none: everything is recorded without.
 */
record QTFrame(Wanted wanted) implements Command {
    private static final int NONE = -1;

    /** What kind of frame. */
    private sealed interface Wanted {
        record Number(int number) implements Wanted {}

        record Pc(PcSearch search) implements Wanted {}

        record Tracepoint(int number) implements Wanted {}
    }

    static Command read(PacketScanner in) {
        Wanted wanted;
        if (in.skip("pc:")) {
            wanted = new Wanted.Pc(PcSearch.at(in.hex64()));
        } else if (in.skip("tdp:")) {
            wanted = new Wanted.Tracepoint(in.hex(Integer.MAX_VALUE));
        } else if (in.skip("range:")) {
            wanted = range(in, true);
        } else if (in.skip("outside:")) {
            wanted = range(in, false);
        } else {
            // -1 comes as 32 bits.
            wanted = new Wanted.Number((int) in.hex64());
        }
        in.end();
        return new QTFrame(wanted);
    }

    private static Wanted range(PacketScanner in, boolean inside) {
        long first = in.hex64();
        return new Wanted.Pc(new PcSearch(first, in.expect(':').hex64(), inside));
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        Optional<TraceFrames> frames = session.target().traceFrames();
        if (frames.isEmpty()) {
            return Reply.UNSUPPORTED;
        }
        boolean found = switch (wanted) {
            case Wanted.Number n when n.number() == NONE -> none(session);
            case Wanted.Number n -> session.frames().go(frames.get(), n.number());
            case Wanted.Pc pc -> search(session, frames.get(), pc.search());
            case Wanted.Tracepoint t -> false;
        };
        return Reply.text("F" + (found ? Hex.of(session.frames().number(frames.get())) : "-1"));
    }

    private static boolean none(Session session) throws RefusedException {
        session.frames().none();
        return false;
    }

    private static boolean search(Session session, TraceFrames frames, PcSearch search) throws RefusedException {
        Interrupt interrupt = session.connection().startRun();
        try (Heartbeat heart = session.heartbeat()) {
            return session.frames().find(frames, search, interrupt);
        } finally {
            session.connection().endRun();
        }
    }
}
