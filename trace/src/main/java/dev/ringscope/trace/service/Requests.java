package dev.ringscope.trace.service;

import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Range;

/**
 * Checks fields that several requests have. The schema's counts are unsigned: what is negative here is at least 2^63.
 */
final class Requests {
    private Requests() {}

    /** A position from 0 to the trace's end. */
    static long position(TraceReader trace, String field, long position) {
        if (position < 0 || position > trace.endPosition()) {
            throw Refusal.position(field, position, trace.endPosition());
        }
        return position;
    }

    static Range range(TraceReader trace, long from, boolean toGiven, long to, long count) {
        position(trace, "from_position", from);
        if (count < 0) {
            throw Refusal.field("count", "%s is not below 2^63".formatted(Long.toUnsignedString(count)));
        }
        return new Range(from, end(from, toGiven, to), count);
    }

    /** Where a list ends: the position asked for, or {@link Long#MAX_VALUE} behind everything. */
    private static long end(long from, boolean given, long to) {
        if (!given) {
            return Long.MAX_VALUE;
        }
        if (Long.compareUnsigned(to, from) < 0) {
            throw Refusal.field(
                    "to_position", "%s is below from_position %d".formatted(Long.toUnsignedString(to), from));
        }
        return to < 0 ? Long.MAX_VALUE : to;
    }
}
