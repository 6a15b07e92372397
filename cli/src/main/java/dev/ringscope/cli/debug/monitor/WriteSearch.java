package dev.ringscope.cli.debug.monitor;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.Watchpoints;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.explain.Listing;
import dev.ringscope.trace.format.TraceMap;
import dev.ringscope.trace.format.TraceMap.CheckpointPlace;
import dev.ringscope.trace.query.Touch;
import dev.ringscope.trace.query.TouchedChunks;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Which instruction wrote some physical bytes first or last. Of the stretches between checkpoints those that have a
 * chunk which by the index can hold such a write are executed again, with the bytes watched.
 */
final class WriteSearch {
    /** Which of the writes is wanted. */
    private enum End {
        LAST,
        FIRST
    }

    /**
     * A write.
     *
     * @param position instructions retired before it
     * @param pc linear address of the instruction that wrote, or in front of which an interrupt's frame was pushed
     * @param instruction its text
     * @param before the bytes, as a number, before it
     */
    record Write(
            long position, long pc, int ring, long cr3, String instruction, long linear, long before, long after) {}

    private final TraceReader trace;
    private final Timeline timeline;
    private final long physical;
    private final int size;
    private final TouchedChunks touched;
    private final Touch wanted;

    /** @param timeline is moved; @param size 1 to 8 bytes, within a page */
    WriteSearch(Timeline timeline, long physical, int size) {
        trace = timeline.trace();
        this.timeline = timeline;
        this.physical = physical;
        this.size = size;
        touched = new TouchedChunks(trace);
        wanted = new Touch(Touch.Kind.WRITE, Touch.Space.PHYSICAL, physical, size);
    }

    /** The last write by an instruction in front of a position. */
    Optional<Write> last(long limit) throws IOException {
        for (int c = trace.map().checkpointAt(limit); c >= 0; c--) {
            Optional<Write> found = inSpan(c, limit, End.LAST);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** The first write by an instruction in front of a position. */
    Optional<Write> first(long limit) throws IOException {
        for (int c = 0; c <= trace.map().checkpointAt(limit); c++) {
            Optional<Write> found = inSpan(c, limit, End.FIRST);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<Write> inSpan(int checkpoint, long limit, End wanted) throws IOException {
        List<CheckpointPlace> places = trace.map().checkpoints();
        long from = places.get(checkpoint).position();
        long next = checkpoint + 1 < places.size() ? places.get(checkpoint + 1).position() : trace.endPosition();
        long end = from < limit ? endOfCandidates(from, Math.min(limit, next)) : from;
        long found = end > from ? play(checkpoint, end, wanted) : -1;
        return found < 0 ? Optional.empty() : Optional.of(look(checkpoint, found, wanted));
    }

    /** Where the last chunk of a stretch ends that can hold a write, or the stretch; its beginning if there is none. */
    private long endOfCandidates(long from, long end) {
        for (int n = Math.min(trace.map().firstChunkReaching(end), trace.chunkCount() - 1); n >= 0; n--) {
            TraceMap.ChunkPlace chunk = trace.map().chunks().get(n);
            if (chunk.endPosition() <= from) {
                return from;
            }
            if (chunk.firstPosition() < end && touched.mayHold(n, wanted)) {
                return Math.min(end, chunk.endPosition());
            }
        }
        return from;
    }

    /** Where the wanted write of a stretch has just happened; -1 if there is none. */
    private long play(int checkpoint, long end, End wanted) throws IOException {
        timeline.restore(checkpoint);
        Machine machine = timeline.machine();
        watch(machine);
        long found = -1;
        try {
            while (machine.position() < end) {
                if (machine.run(end) != StopReason.WATCHPOINT) {
                    break;
                }
                machine.takeWatchpointHit();
                found = machine.position();
                if (wanted == End.FIRST) {
                    break;
                }
            }
        } finally {
            machine.takeWatchpointHit();
            machine.setWatchpoints(List.of());
        }
        return found;
    }

    private void watch(Machine machine) {
        machine.setWatchpoints(List.of(new Watchpoints.Watch(physical, size, Watchpoints.Kind.WRITE, true)));
    }

    /** Goes to the write once more, step by step, to see who does it. */
    private Write look(int checkpoint, long behind, End wanted) throws IOException {
        timeline.restore(checkpoint);
        Machine machine = timeline.machine();
        if (machine.position() < behind - 1) {
            timeline.run(behind - 1);
        }
        watch(machine);
        Write found = null;
        try {
            while (machine.position() < behind && (found == null || wanted == End.LAST)) {
                Write tried = attempt(machine);
                found = tried == null ? found : tried;
            }
        } finally {
            machine.setWatchpoints(List.of());
        }
        if (found == null) {
            throw new IOException("re-execution does not come to the write in front of position " + behind);
        }
        return found;
    }

    /** One step; null if it does not write there. */
    private Write attempt(Machine machine) {
        long position = machine.position();
        long pc = machine.cpu().pcLinear();
        int ring = machine.cpu().cpl;
        long cr3 = machine.cpu().cr3;
        String text =
                Listing.now(machine, Syntax.INTEL, a -> Optional.empty()).at(pc).text();
        long before = machine.memory().read(physical, size);
        Machine.Step step = machine.step();
        Watchpoints.Hit hit = machine.takeWatchpointHit();
        if (hit == null) {
            return null;
        }
        String how = step == Machine.Step.INTERRUPTED
                ? "(an interrupt in front of) " + text
                : step == Machine.Step.TRAPPED ? "(an exception at) " + text : text;
        return new Write(
                position,
                pc,
                ring,
                cr3,
                how,
                hit.linear(),
                before,
                machine.memory().read(physical, size));
    }

    /** Two lines: where and who, then what. */
    static String describe(Write w) {
        return "position %d, ring %d, cr3 0x%x: 0x%x  %s%n    through 0x%x: 0x%x -> 0x%x%n"
                .formatted(w.position, w.ring, w.cr3, w.pc, w.instruction, w.linear, w.before, w.after);
    }
}
