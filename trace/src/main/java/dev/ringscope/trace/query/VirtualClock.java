package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ChunkEnvelope;
import dev.ringscope.trace.format.EventDecoder;
import java.io.IOException;

/** Virtual time of ascending positions: a nanosecond for each instruction, and what HLT skipped. */
public final class VirtualClock {
    private long skipped;

    private VirtualClock(long skipped) {
        this.skipped = skipped;
    }

    /** Stands in front of the first event at a position. */
    public static VirtualClock from(TraceReader trace, long position) throws IOException {
        int number = trace.map().firstChunkReaching(position);
        if (number == trace.chunkCount()) {
            return new VirtualClock(trace.index().getEndTime() - trace.endPosition());
        }
        ChunkEnvelope chunk = trace.envelope(number);
        VirtualClock clock = new VirtualClock(chunk.firstTime() - chunk.firstPosition());
        EventDecoder events = chunk.events();
        for (Event e = events.next(); e != null && e.position() < position; e = events.next()) {
            if (e instanceof Event.Halt halt) {
                clock.pass(halt);
            }
        }
        return clock;
    }

    /** To be told of every HLT on the way, in order. */
    public void pass(Event.Halt halt) {
        skipped += halt.until() - halt.from();
    }

    /** Nanoseconds since power-on. */
    public long at(long position) {
        return position + skipped;
    }
}
