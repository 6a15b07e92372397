package dev.ringscope.trace.query;

/**
 * Which answers of a list are wanted.
 *
 * @param from the first position
 * @param to the position behind the last one; {@link Long#MAX_VALUE}: also what happened at the trace's end
 * @param count how many answers at most; 0 for all
 */
public record Range(long from, long to, long count) {
    public static final Range ALL = new Range(0, Long.MAX_VALUE, 0);

    public Range {
        if (from < 0 || to < from || count < 0) {
            throw new IllegalArgumentException(
                    "a range begins at 0 or later, does not end before it begins, and has 0 or more answers");
        }
    }

    /** To the trace's end. */
    public Range(long from, long count) {
        this(from, Long.MAX_VALUE, count);
    }

    /** Whether a position is in it. */
    public boolean holds(long position) {
        return position >= from && position < to;
    }

    /** Stops after the count. */
    <T> Answers<T> limit(Answers<T> answers) {
        if (count == 0) {
            return answers;
        }
        return new Answers<>() {
            private long left = count;

            @Override
            public boolean take(T answer) throws java.io.IOException {
                return answers.take(answer) && --left > 0;
            }

            @Override
            public void check() {
                answers.check();
            }
        };
    }
}
