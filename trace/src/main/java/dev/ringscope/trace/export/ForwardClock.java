package dev.ringscope.trace.export;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.VirtualClock;
import java.io.IOException;

/** Virtual time of ascending positions for who is not told of HLTs: reads them itself as it goes along. */
final class ForwardClock {
    private final TraceReader trace;
    private final Asker asker;
    private final VirtualClock clock;
    private int next;
    private EventDecoder events;
    private Event.Halt ahead;

    /** No position asked is before the part that is exported. */
    ForwardClock(Exported exported) throws IOException {
        trace = exported.recording().trace();
        asker = exported.asker();
        long from = exported.range().from();
        clock = VirtualClock.from(trace, from);
        next = trace.map().firstChunkReaching(from);
        do {
            ahead = halt();
        } while (ahead != null && ahead.position() < from);
    }

    /** When a picture ends: what lies between the last instruction and one behind it does not belong to it. */
    static long end(Exported exported) throws IOException {
        ForwardClock forward = new ForwardClock(exported);
        long end = exported.end();
        if (exported.range().to() > end) {
            return forward.at(end);
        }
        forward.at(end - 1);
        return forward.clock.at(end);
    }

    /** When the instruction at a position is executed: behind all sleep in front of it. In nanoseconds. */
    long at(long position) throws IOException {
        while (ahead != null && ahead.position() <= position) {
            clock.pass(ahead);
            ahead = halt();
        }
        return clock.at(position);
    }

    private Event.Halt halt() throws IOException {
        while (true) {
            for (Event e = events == null ? null : events.next(); e != null; e = events.next()) {
                if (e instanceof Event.Halt halt) {
                    return halt;
                }
            }
            while (next < trace.chunkCount() && trace.events(next).getHalts() == 0) {
                next++;
            }
            if (next == trace.chunkCount()) {
                return null;
            }
            asker.check();
            events = trace.envelope(next++).events();
        }
    }
}
