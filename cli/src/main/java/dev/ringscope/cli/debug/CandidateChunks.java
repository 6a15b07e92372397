package dev.ringscope.cli.debug;

import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.TraceMap;

/** The chunks of a recording in which a run can stop. */
final class CandidateChunks {
    private final TraceMap map;
    private final Breakpoints breakpoints;
    private final PhysicalStops physical;
    private final EventStops events;

    CandidateChunks(TraceReader trace, Breakpoints breakpoints, PhysicalStops physical, EventStops events) {
        map = trace.map();
        this.breakpoints = breakpoints;
        this.physical = physical;
        this.events = events;
    }

    /** Position of the last checkpoint in front of a position; 0 at 0. */
    long checkpointBefore(long position) {
        return map.checkpoints()
                .get(map.checkpointAt(Math.max(0, position - 1)))
                .position();
    }

    /** The first moment, from this one on, of a chunk's part that can hold a stop; null if there is none. */
    Moment next(Moment from, Moment end) {
        Moment at = from;
        while (at.before(end)) {
            if (mayStop(at.position())) {
                return at;
            }
            at = Moment.first(end(at, end));
            if (at.position() == end.position()) {
                return at.before(end) && mayStop(at.position()) ? at : null;
            }
        }
        return null;
    }

    /** Where the chunk of a moment ends, or the end. */
    long end(Moment from, Moment end) {
        int chunk = map.chunkAt(from.position());
        return chunk < 0
                ? end.position()
                : Math.min(end.position(), map.chunks().get(chunk).endPosition());
    }

    private boolean mayStop(long position) {
        int chunk = map.chunkAt(position);
        return chunk < 0
                || !breakpoints.isEmpty()
                || !physical.isEmpty()
                || events.mayHappen(map.chunks().get(chunk).summary().getEventCounts());
    }
}
