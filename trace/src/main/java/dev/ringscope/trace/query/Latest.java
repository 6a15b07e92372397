package dev.ringscope.trace.query;

import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The last answers to a question, whatever it is: windows of the trace are asked, the latest first, until there are
 * enough. A window is as long as the cores can search at once, and longer the longer nothing is found.
 */
public final class Latest {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final int MOST_SPANS = 512;

    /** A question, whose answers come in order. */
    @FunctionalInterface
    public interface Question<T> {
        void ask(Range range, Answers<T> answers) throws IOException;
    }

    private Latest() {}

    /**
     * @param range in which the last {@link Range#count} answers are wanted, at least one
     * @param asker who waits
     * @return them, in order
     */
    public static <T> List<T> of(Recording recording, Range range, Asker asker, Question<T> question)
            throws IOException {
        TraceReader trace = recording.trace();
        long wanted = Math.max(1, range.count());
        Deque<T> found = new ArrayDeque<>();
        long to = range.to();
        int spans = CORES;
        boolean begun = false;
        while (found.size() < wanted && (!begun || to > range.from())) {
            long from = Math.max(range.from(), start(trace, Math.min(to, trace.endPosition() + 1), spans));
            List<T> window = window(new Range(from, to, 0), wanted - found.size(), asker, question);
            for (T answer : window.reversed()) {
                found.addFirst(answer);
            }
            to = from;
            begun = true;
            spans = Math.min(MOST_SPANS, 2 * spans);
        }
        return new ArrayList<>(found);
    }

    /** Behind a checkpoint: what happened at its own position is told in two spans. */
    private static long start(TraceReader trace, long to, int spans) {
        int last = trace.map().checkpointAt(Math.max(0, to - 1));
        int first = last - spans + 1;
        return first <= 0 ? 0 : trace.map().checkpoints().get(first).position() + 1;
    }

    private static <T> List<T> window(Range range, long most, Asker asker, Question<T> question) throws IOException {
        Deque<T> last = new ArrayDeque<>();
        question.ask(range, new Answers<>() {
            @Override
            public boolean take(T answer) {
                if (last.size() == most) {
                    last.removeFirst();
                }
                last.addLast(answer);
                return true;
            }

            @Override
            public void check() {
                asker.check();
            }
        });
        return new ArrayList<>(last);
    }
}
