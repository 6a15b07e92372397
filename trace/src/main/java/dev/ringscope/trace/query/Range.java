package dev.ringscope.trace.query;

/**
 * Which answers of a list are wanted.
 *
 * @param from the first position
 * @param count how many answers at most; 0 for all
 */
public record Range(long from, long count) {
    public static final Range ALL = new Range(0, 0);

    public Range {
        if (from < 0 || count < 0) {
            throw new IllegalArgumentException("a range begins at 0 or later and has 0 or more answers");
        }
    }

    /** Stops after the count. */
    <T> Answers<T> limit(Answers<T> answers) {
        if (count == 0) {
            return answers;
        }
        long[] left = {count};
        return answer -> answers.take(answer) && --left[0] > 0;
    }
}
