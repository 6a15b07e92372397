package dev.ringscope.trace.format;

import dev.ringscope.proto.trace.v1.Events;

/**
 * Writes events, and remembers how: in a loop of system calls or faults they come again and again with the same
 * contents, and copying a hundred bytes takes a tenth of the time of making them. A table of recent ones, each in the
 * place that its contents say.
 */
final class RepeatedEvents {
    private static final int SLOTS = 256;
    /** Longer events are not remembered. */
    private static final int MOST_BYTES = 192;

    private static final int KEY = EventRows.WORDS;
    private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

    /** For each place the row with its distance instead of its position. */
    private final long[] keys = new long[SLOTS * KEY];

    private final Object[] objects = new Object[SLOTS];
    private final int[] lengths = new int[SLOTS];
    private final byte[] bytes = new byte[SLOTS * MOST_BYTES];

    /** Writes a row as an element of {@link Events}. @param delta its position_delta */
    void write(WireOutput out, EventRows rows, int row, long delta) {
        int words = rows.words(row);
        if (words == 0) {
            EventEncoder.field(Events.EVENTS_FIELD_NUMBER, out, rows, row, delta);
            return;
        }
        int slot = (int) (rows.hash(row, words) * MULTIPLIER >>> 56);
        if (lengths[slot] > 0 && keys[slot * KEY] == delta && rows.same(row, words, keys, slot * KEY, objects[slot])) {
            out.bytes(bytes, slot * MOST_BYTES, lengths[slot]);
            return;
        }
        int start = out.size();
        EventEncoder.field(Events.EVENTS_FIELD_NUMBER, out, rows, row, delta);
        int length = out.size() - start;
        if (length <= MOST_BYTES) {
            rows.copy(row, keys, slot * KEY);
            keys[slot * KEY] = delta;
            objects[slot] = rows.object(row);
            lengths[slot] = length;
            System.arraycopy(out.array(), start, bytes, slot * MOST_BYTES, length);
        }
    }
}
