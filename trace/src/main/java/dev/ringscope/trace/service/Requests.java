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

    /** @param where what stands in front of the fields from_position and to_position: "" or "filter." */
    static Range range(TraceReader trace, String where, long from, boolean toGiven, long to) {
        position(trace, where + "from_position", from);
        return new Range(from, end(where, from, toGiven, to), 0);
    }

    /** Where a list ends: the position asked for, or {@link Long#MAX_VALUE} behind everything. */
    private static long end(String where, long from, boolean given, long to) {
        if (!given) {
            return Long.MAX_VALUE;
        }
        if (Long.compareUnsigned(to, from) < 0) {
            throw Refusal.field(
                    where + "to_position", "%s is below from_position %d".formatted(Long.toUnsignedString(to), from));
        }
        return to < 0 ? Long.MAX_VALUE : to;
    }

    /** How many answers a page has at most: what was asked for, or what is customary, within a bound. */
    static int pageSize(int wanted, int most) {
        if (wanted < 0) {
            throw Refusal.field("page_size", wanted + " is below 0");
        }
        return wanted == 0 ? Math.min(most, PageToken.CUSTOMARY_SIZE) : Math.min(wanted, most);
    }
}
