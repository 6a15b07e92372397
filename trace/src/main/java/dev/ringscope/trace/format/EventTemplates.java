package dev.ringscope.trace.format;

import dev.ringscope.proto.trace.v1.Events;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Writes events, and remembers how: in a loop of faults or system calls they come again and again, with other addresses
 * or the same ones. Of what has been written field by field a {@link Template} is kept, and the next event of its form
 * is a copy of the bytes, into which the addresses are put.
 */
final class EventTemplates {
    /** Below this {@link EventEncoder#content} knows its places. */
    private static final int TOO_LONG = 0x80;

    private static final int SLOT_BITS = 8;
    /** Templates of one slot, which differ in what costs more to look at. */
    private static final int WAYS = 4;

    private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

    private final Template[] templates = new Template[WAYS << SLOT_BITS];
    private final WireOutput content = new WireOutput(2 * TOO_LONG);
    private final int[] places = new int[EventRows.LARGE_FIELDS];

    /** Writes a row as an element of {@link Events}. @param delta its position_delta */
    void write(WireOutput out, EventRows rows, int row, long delta) {
        int start = out.open(Events.EVENTS_FIELD_NUMBER);
        EventEncoder.delta(out, delta);
        if (rows.sort(row) == EventRows.OTHER) {
            EventEncoder.content(out, rows, row, places);
        } else {
            content(out, rows, row);
        }
        out.close(start);
    }

    private void content(WireOutput out, EventRows rows, int row) {
        long small = rows.small(row);
        int present = rows.present(row);
        int slot = (int) ((small * 31 + present) * MULTIPLIER >>> 64 - SLOT_BITS) * WAYS;
        for (int i = slot; i < slot + WAYS; i++) {
            Template template = templates[i];
            if (template == null) {
                break;
            }
            if (template.small == small && template.present == present && template.fits(rows, row)) {
                template.write(out, rows, row);
                return;
            }
        }
        learn(rows, row, slot);
        out.bytes(content.array(), 0, content.size());
    }

    private void learn(EventRows rows, int row, int slot) {
        content.clear();
        Arrays.fill(places, -1);
        EventEncoder.content(content, rows, row, places);
        if (content.size() < TOO_LONG) {
            // the latest first; the oldest is forgotten
            System.arraycopy(templates, slot, templates, slot + 1, WAYS - 1);
            templates[slot] = new Template(rows, row, Arrays.copyOf(content.array(), content.size()), places);
        }
    }

    /** Rows of one form, which differ in nothing but fields that have places, and how they are written. */
    private static final class Template {
        final long small;
        /** Which large fields are not 0. */
        final int present;

        private final Object object;
        private final byte[] bytes;
        /** For each large field its place in the bytes; the end for those that have none. */
        private final int[] places = new int[EventRows.LARGE_FIELDS];
        /** The numbers of fields that have no place and are not 0, and what they are. */
        private final int[] kept;

        private final long[] values;

        /** @param placed for each large field its place in the bytes; -1: none */
        Template(EventRows rows, int row, byte[] bytes, int[] placed) {
            small = rows.small(row);
            present = rows.present(row);
            object = rows.object(row);
            this.bytes = bytes;
            for (int field = 0; field < places.length; field++) {
                places[field] = placed[field] < 0 ? bytes.length : placed[field];
            }
            kept = IntStream.range(0, placed.length)
                    .filter(field -> placed[field] < 0 && (present >> field & 1) != 0)
                    .toArray();
            values = Arrays.stream(kept)
                    .mapToLong(field -> rows.large(row, field))
                    .toArray();
        }

        boolean fits(EventRows rows, int row) {
            if (rows.object(row) != object) {
                return false;
            }
            for (int i = 0; i < kept.length; i++) {
                if (rows.large(row, kept[i]) != values[i]) {
                    return false;
                }
            }
            return true;
        }

        /** Puts every field somewhere, which needs no branch: those without a place where the next event will lie. */
        void write(WireOutput out, EventRows rows, int row) {
            int at = out.size();
            byte[] to = out.room(bytes.length + Long.BYTES);
            System.arraycopy(bytes, 0, to, at, bytes.length);
            for (int field = 0; field < EventRows.LARGE_FIELDS; field++) {
                Bytes.LONG.set(to, at + places[field], rows.large(row, field));
            }
            out.filled(at + bytes.length);
        }
    }
}
