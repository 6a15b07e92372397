package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.TraceMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Answers a question about what the trace does not store, by re-executing one span of it: from a checkpoint to a later
 * one. In steps, between which the machine belongs to others: who reads the answers slowly keeps none from them.
 */
abstract class Derivation<T> implements Recorder.OfEvents {
    /** Some milliseconds, when Java has compiled what runs. */
    private static final long STEP = 1 << 17;

    /**
     * Nanoseconds for which a machine is kept although somebody waits for it, or for answers: who takes it over seeks,
     * and so does who goes on where this has left off.
     */
    private static final long TURN = TimeUnit.MILLISECONDS.toNanos(50);

    /**
     * Spans are at least so long, or a sixteenth of a trace that is shorter: to restore a checkpoint costs something.
     */
    private static final long SPAN = 1 << 22;

    private static final int LEAST_SPANS = 16;

    /**
     * A turn that has found so many ends: what is kept outlives collections of the heap, which take the longer for it.
     */
    private static final int MANY = 1 << 14;

    /** Answers kept until a step's end; those beyond are handed on in its middle. */
    private static final int KEPT = 1 << 18;

    /** The same in bytes, for those that are {@link Bulk}. */
    private static final long KEPT_BYTES = 8 << 20;

    /** Makes what searches a span. */
    @FunctionalInterface
    interface Maker<T> {
        Derivation<T> make();
    }

    private final Recording recording;
    private final Detail detail;
    private final Range range;
    private final Pace pace = new Pace(STEP);
    private final List<T> kept = new ArrayList<>();
    private long keptBytes;
    private Answers<T> found;
    private boolean more = true;
    private long begin;
    private long end;

    /** @param detail what re-execution is to tell */
    Derivation(Recording recording, Detail detail, Range range) {
        this.recording = recording;
        this.detail = detail;
        this.range = range;
    }

    /** Searches all spans that a range of positions touches. */
    static <T> void search(Recording recording, Range range, Maker<T> maker, Answers<T> answers) throws IOException {
        TraceReader trace = recording.trace();
        TraceMap map = trace.map();
        if (range.from() > trace.endPosition() || range.from() == range.to() || trace.chunkCount() == 0) {
            return;
        }
        // What happened at a checkpoint's position before it was taken is told in front of it only.
        int first = Math.max(0, map.checkpointAt(Math.max(0, range.from() - 1)));
        int last = map.checkpointAt(Math.max(0, Math.min(trace.endPosition(), range.to() - 1) - 1));
        int[] starts = starts(map, first, last);
        InOrder.search(
                starts.length,
                (n, found) -> maker.make().span(starts[n], n + 1 < starts.length ? starts[n + 1] : last + 1, found),
                recording.replays().most(), // another span would take a machine that one is about to go on with
                range.limit(answers));
    }

    /** The checkpoints at which spans begin, of those from one to another. */
    private static int[] starts(TraceMap map, int first, int last) {
        long least = Math.min(SPAN, map.endPosition() / LEAST_SPANS);
        List<Integer> starts = new ArrayList<>(List.of(first));
        for (int i = first + 1; i <= last; i++) {
            long before = map.checkpoints().get(starts.getLast()).position();
            if (map.checkpoints().get(i).position() - before >= least) {
                starts.add(i);
            }
        }
        return starts.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Searches what lies between a checkpoint and the next one. */
    static <T> void span(int checkpoint, Maker<T> maker, Answers<T> answers) throws IOException {
        maker.make().span(checkpoint, checkpoint + 1, answers);
    }

    /** A span is what lies behind a checkpoint's position, up to and with a later one's. */
    private void span(int checkpoint, int next, Answers<T> answers) throws IOException {
        found = answers;
        TraceReader trace = recording.trace();
        List<TraceMap.CheckpointPlace> checkpoints = trace.map().checkpoints();
        boolean last = next == checkpoints.size();
        begin = checkpoint == 0 ? -1 : checkpoints.get(checkpoint).position();
        end = last ? Long.MAX_VALUE - 1 : checkpoints.get(next).position();
        long start = checkpoints.get(checkpoint).position();
        long limit = narrow(start, Math.min(Math.min(end + 1, trace.endPosition()), range.to()));
        if (limit < start) {
            return;
        }
        Replays replays = recording.replays();
        long reached = replays.behind(detail, checkpoint, answers, timeline -> turn(timeline, limit));
        deliver();
        while (more && reached < limit) {
            reached = replays.at(detail, reached, answers, timeline -> turn(timeline, limit));
            deliver();
        }
        end(reached);
        deliver();
    }

    /** The first position that is wanted from this span. */
    final long first() {
        return Math.max(range.from(), begin + 1);
    }

    /** The last one. */
    final long last() {
        return Math.min(end, range.to() - 1);
    }

    /**
     * To be called where a lot is told at once: an instruction that repeats itself makes many accesses.
     *
     * @throws java.util.concurrent.CancellationException if nobody waits for the answers any more
     */
    final void check() {
        found.check();
    }

    /** Whether anything is wanted any more. */
    final boolean more() {
        return more;
    }

    /** A machine is about to go on with the span; not always the same one. */
    void begin(Timeline timeline) {}

    /** The span has been searched up to that position. */
    void end(long position) {}

    /** Goes on with a machine for a while. @return where it stands then */
    private long turn(Timeline timeline, long limit) throws IOException {
        timeline.setListener(this);
        begin(timeline);
        long end = System.nanoTime() + TURN;
        try {
            while (more && timeline.position() < limit && (timeline.position() < range.from() || mayGoOn(end))) {
                found.check();
                run(timeline, Math.min(limit, timeline.position() + Math.min(pace.begin(), stepLength())));
                stepped(timeline.position());
                pace.end();
            }
            // the machine may stand at the limit already, with interrupts there still to be taken
            run(timeline, timeline.position());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            leave(timeline);
        }
        return timeline.position();
    }

    private boolean mayGoOn(long end) {
        return kept.size() < MANY && System.nanoTime() < end
                || kept.isEmpty() && !recording.replays().wanted();
    }

    /** Instructions between two calls of {@link #stepped}, at most. */
    long stepLength() {
        return STEP;
    }

    /** Everything in front of this position has been told. */
    void stepped(long position) {}

    /**
     * Where the last answer of a stretch between two positions can lie at most.
     *
     * @return a position in front of both if it holds none
     */
    long narrow(long from, long to) {
        return to;
    }

    /** Runs the machine, which is this one's until it leaves it. */
    void run(Timeline timeline, long to) {
        timeline.run(to);
    }

    /** The machine goes to others, with nothing left on it. */
    void leave(Timeline timeline) {}

    private void deliver() throws IOException {
        for (int i = 0; more && i < kept.size(); i++) {
            more = found.take(kept.get(i));
        }
        kept.clear();
        keptBytes = 0;
    }

    /** Whether answers at a position are wanted from this span. */
    final boolean wants(long position) {
        return more && position > begin && position <= end && range.holds(position);
    }

    /** Whether what is executed from a position on belongs to this span: its start does, its end does not. */
    final boolean executes(long position) {
        return more && position >= begin && position < end;
    }

    /** Whether what is done when a position is reached belongs to this span. */
    final boolean reaches(long position) {
        return more && position > begin && position <= end;
    }

    final void answer(T answer) {
        kept.add(answer);
        keptBytes += answer instanceof Bulk bulk ? bulk.bytes() : 0;
        if (kept.size() >= KEPT || keptBytes >= KEPT_BYTES) {
            try {
                deliver();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void event(Event event) {}
}
