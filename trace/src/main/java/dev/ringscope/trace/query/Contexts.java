package dev.ringscope.trace.query;

import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Whether the instructions at ascending positions fit a filter's rings, translation roots and code: the file says that,
 * whatever else is derived. One thread.
 */
final class Contexts {
    private final TraceReader trace;
    private final Filter filter;
    private InstructionCursor cursor;
    private long asked = -1;
    private boolean answer;

    Contexts(TraceReader trace, Filter filter) {
        this.trace = trace;
        this.filter = filter;
    }

    /** @param position not before the one asked last */
    boolean fit(long position) {
        if (!filter.byContext()) {
            return true;
        }
        if (position != asked) {
            asked = position;
            try {
                if (cursor == null) {
                    cursor = trace.instructions(position);
                }
                answer = cursor.advance(position) && fits(cursor, filter);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return answer;
    }

    static boolean fits(InstructionCursor i, Filter filter) {
        return filter.ring(i.ring())
                && filter.root(i.translationRoot())
                && (filter.code().isEmpty() || filter.code(i.address()));
    }
}
