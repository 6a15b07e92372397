package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.format.ChunkEnvelope;
import dev.ringscope.trace.format.ContextEffect;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.format.TraceMap.ChunkPlace;
import java.io.IOException;
import java.util.List;

/** In which ring, mode and address space did how many instructions run: stretch by stretch. */
public final class Residence {
    /**
     * Instructions one after the other in the same context. Where a chunk ends a stretch does, too.
     *
     * @param from position of the first
     * @param to position behind the last
     */
    public record Stretch(long from, long to, Context context) {
        /** How many instructions. */
        public long length() {
            return to - from;
        }
    }

    /**
     * Instructions in each ring between two positions.
     *
     * @param rings by number
     */
    public record Bucket(long from, long to, List<Long> rings) {}

    private Residence() {}

    /** @param filter its vectors, code and addresses do not count */
    public static void list(Recording recording, Filter filter, Answers<Stretch> answers) throws IOException {
        Chunks.search(
                recording.trace(),
                filter.range(),
                i -> filter.mayHold(recording.trace(), i),
                (part, found) -> chunk(recording, part, filter, found),
                answers);
    }

    private static boolean chunk(Recording recording, Chunks.Part part, Filter filter, Answers<Stretch> found)
            throws IOException {
        ChunkEnvelope envelope = part.envelope();
        ChunkPlace place = recording.trace().map().chunks().get(part.number());
        ContextEffect effects = new ContextEffect(envelope.start());
        EventDecoder events = envelope.events();
        Context context = envelope.start();
        long since = place.firstPosition();
        boolean more = true;
        Looks looks = new Looks(found);
        while (more) {
            looks.piece();
            Event event = events.next();
            List<ContextEffect.Change> changes = event == null ? effects.finish() : effects.see(event);
            for (ContextEffect.Change change : changes) {
                long to = Math.min(Math.max(since, change.position()), place.endPosition());
                if (!tell(since, to, context, filter, found)) {
                    return false;
                }
                since = to;
                context = change.to();
            }
            more = event != null;
        }
        return tell(since, place.endPosition(), context, filter, found);
    }

    private static boolean tell(long from, long to, Context context, Filter filter, Answers<Stretch> found)
            throws IOException {
        long first = Math.max(from, filter.range().from());
        long end = Math.min(to, filter.range().to());
        return first >= end
                || !filter.ring(context.ring())
                || !filter.root(context.translationRoot())
                || found.take(new Stretch(first, end, context));
    }

    /**
     * How long each ring was in use, over time.
     *
     * @param filter as for {@link #list}; its range is divided
     * @param buckets how many parts of equal length, at least 1; empty ones count
     */
    public static void rings(Recording recording, Filter filter, long buckets, Answers<Bucket> answers)
            throws IOException {
        if (buckets < 1) {
            throw new IllegalArgumentException("at least one bucket, not " + buckets);
        }
        long from = filter.range().from();
        long to = Math.max(
                from, Math.min(recording.trace().endPosition(), filter.range().to()));
        new Buckets(
                        from,
                        to,
                        Math.min(buckets, Math.max(1, to - from)),
                        filter.range().limit(answers))
                .fill(recording, filter.withRange(new Range(from, to, 0)), answers);
    }

    private static final class Buckets {
        private static final int RINGS = 4;

        private final long from;
        private final long length;
        private final long count;
        private final Answers<Bucket> answers;
        private final long[] rings = new long[RINGS];
        private long number;
        private boolean wanted = true;

        Buckets(long from, long to, long count, Answers<Bucket> answers) {
            this.from = from;
            length = to - from;
            this.count = count;
            this.answers = answers;
        }

        private long start(long bucket) {
            return from + (long) Math.floor((double) length * bucket / count);
        }

        void fill(Recording recording, Filter filter, Asker asker) throws IOException {
            if (length == 0) {
                return;
            }
            list(recording, filter, Answers.asked(asker, stretch -> {
                add(stretch);
                return wanted;
            }));
            while (wanted && number < count) {
                close();
            }
        }

        private void add(Stretch stretch) throws IOException {
            long at = stretch.from();
            while (wanted && at < stretch.to()) {
                long end = number + 1 == count ? from + length : start(number + 1);
                if (at >= end) {
                    close();
                    continue;
                }
                long until = Math.min(end, stretch.to());
                rings[stretch.context().ring()] += until - at;
                at = until;
            }
        }

        private void close() throws IOException {
            long end = number + 1 == count ? from + length : start(number + 1);
            wanted = answers.take(new Bucket(start(number), end, List.of(rings[0], rings[1], rings[2], rings[3])));
            java.util.Arrays.fill(rings, 0);
            number++;
        }
    }
}
