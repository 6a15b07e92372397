package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Watchpoints;
import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.Watchpoint;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.TraceMap;
import dev.ringscope.trace.query.FlowSearch;
import dev.ringscope.trace.query.Touch;
import dev.ringscope.trace.query.TouchedChunks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The chunks of a recording in which a run can stop, by the index; for breakpoints by the recorded flow. */
final class CandidateChunks {
    private final TraceMap map;
    private final EventStops events;
    private final TouchedChunks touched;
    /** Data accesses that stop. */
    private final List<Touch> accesses = new ArrayList<>();

    private final List<Touch> code = new ArrayList<>();
    /** Where gdb's breakpoints were executed. */
    private final FlowSearch flow;
    /** What was found out last, for the next question about the same chunk. */
    private int known = -1;

    private boolean knownMayStop;

    CandidateChunks(TraceReader trace, Breakpoints breakpoints, PhysicalStops physical, EventStops events) {
        map = trace.map();
        this.events = events;
        touched = new TouchedChunks(trace);
        for (Watchpoint w : breakpoints.watchpoints()) {
            add(w.kind() != Watchpoint.Kind.READ, w.kind() != Watchpoint.Kind.WRITE, false, w.address(), w.length());
        }
        for (Watchpoints.Watch w : physical.watches()) {
            add(w.kind() != Watchpoints.Kind.READ, w.kind() != Watchpoints.Kind.WRITE, true, w.address(), w.size());
        }
        physical.breakpoints()
                .forEach(address -> code.add(new Touch(Touch.Kind.EXECUTE, Touch.Space.PHYSICAL, address, 1)));
        flow = new FlowSearch(trace, Arrays.stream(breakpoints.code()).boxed().collect(Collectors.toSet()));
        for (long address : breakpoints.code()) {
            code.add(new Touch(Touch.Kind.EXECUTE, Touch.Space.LINEAR, address, 1));
        }
    }

    private void add(boolean writes, boolean reads, boolean physical, long address, long size) {
        Touch.Space space = physical ? Touch.Space.PHYSICAL : Touch.Space.LINEAR;
        if (writes) {
            accesses.add(new Touch(Touch.Kind.WRITE, space, address, size));
        }
        if (reads) {
            accesses.add(new Touch(Touch.Kind.READ, space, address, size));
        }
    }

    /** Position of the last checkpoint in front of a position; 0 at 0. */
    long checkpointBefore(long position) {
        return map.checkpoints()
                .get(map.checkpointAt(Math.max(0, position - 1)))
                .position();
    }

    /**
     * The first moment, from this one on, of a chunk's part that can hold a stop; null if there is none.
     *
     * @throws Playback.Interrupted if that is wished while many chunks are looked at
     */
    Moment next(Moment from, Moment end, Interrupt interrupt) throws IOException, Playback.Interrupted {
        Moment at = from;
        while (at.before(end)) {
            if (interrupt.requested()) {
                throw new Playback.Interrupted();
            }
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

    private boolean mayStop(long position) throws IOException {
        int chunk = map.chunkAt(position);
        if (chunk < 0) {
            return true; // the very end, where nothing retires
        }
        if (chunk != known) {
            knownMayStop =
                    touches(chunk) || events.mayHappen(map.chunks().get(chunk).events());
            known = chunk;
        }
        return knownMayStop;
    }

    private boolean touches(int chunk) throws IOException {
        if (accesses.stream().anyMatch(access -> touched.mayHold(chunk, access))) {
            return true;
        }
        boolean linear = false;
        boolean traps = map.chunks().get(chunk).events().getTraps() > 0;
        for (Touch execution : code) {
            if (traps && execution.space() == Touch.Space.PHYSICAL) {
                return true; // an instruction that fails is in no list of physical pages
            }
            if (touched.mayHold(chunk, execution)) {
                if (execution.space() == Touch.Space.PHYSICAL) {
                    return true;
                }
                linear = true;
            }
        }
        return linear && !flow.in(chunk, Long.MAX_VALUE).isEmpty();
    }
}
