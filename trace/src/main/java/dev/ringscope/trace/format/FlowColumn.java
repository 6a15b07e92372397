package dev.ringscope.trace.format;

import dev.ringscope.emulator.Recorder;
import dev.ringscope.proto.trace.v1.Flow;
import java.util.Arrays;

/**
 * The entries of one chunk's flow, with the group's block numbers: 32 bits each, which Zstandard turns into their
 * periods.
 */
final class FlowColumn {
    private int[] entries = new int[1 << 18];
    private int count;

    int count() {
        return count;
    }

    int[] entries() {
        return entries;
    }

    /**
     * Adds entries of the machine.
     *
     * @return how many instructions they are
     */
    long add(int[] from, int length, BlockNumbers blocks) {
        if (entries.length - count < length) {
            entries = Arrays.copyOf(entries, Math.max(count + length, 2 * entries.length));
        }
        long instructions = 0;
        int before = 0;
        int n = count;
        for (int i = 0; i < length; i++) {
            int entry = from[i];
            if (entry >= 0) {
                before = blocks.length(entry);
                instructions += before;
                entries[n++] = blocks.number(entry);
            } else {
                instructions += (entry & ~Recorder.PARTIAL) - before;
                entries[n++] = entry;
            }
        }
        count = n;
        return instructions;
    }

    /** A place between two blocks: so many entries in front of it, and the position there. */
    record Boundary(int entries, long position) {}

    /** The last boundary at or before a position, when the first entry begins at another. */
    Boundary boundary(long from, long limit, BlockGroup group) {
        long position = from;
        int at = 0;
        while (at < count) {
            boolean truncated = at + 1 < count && entries[at + 1] < 0;
            int length = truncated
                    ? entries[at + 1] & ~Recorder.PARTIAL
                    : group.get(entries[at]).instructions();
            if (position + length > limit) {
                break;
            }
            position += length;
            at += truncated ? 2 : 1;
        }
        return new Boundary(at, position);
    }

    /** One more than the highest block number in the first entries: numbers were given in order of appearance. */
    int blocks(int first) {
        int highest = -1;
        for (int i = 0; i < first; i++) {
            highest = Math.max(highest, entries[i]); // truncations are negative
        }
        return highest + 1;
    }

    /** The end of the first block. */
    Boundary firstBlock(long from, BlockGroup group) {
        int length = group.get(entries[0]).instructions();
        return count > 1 && entries[1] < 0
                ? new Boundary(2, from + (entries[1] & ~Recorder.PARTIAL))
                : new Boundary(1, from + length);
    }

    /** Forgets the first entries. */
    void drop(int first) {
        System.arraycopy(entries, first, entries, 0, count - first);
        count -= first;
    }

    WireOutput encode(int count) {
        WireOutput column = new WireOutput(4 * count);
        column.words(entries, count);
        WireOutput message = new WireOutput(4 * count + 8);
        message.column(Flow.ENTRIES_FIELD_NUMBER, column);
        return message;
    }

    /**
     * Decodes and checks against the group's blocks: afterwards every entry is what {@link Recorder#flow} describes.
     *
     * @param defined how many of the group's blocks may occur, from the first
     */
    static int[] decode(WireInput message, BlockGroup group, int defined, long instructions) {
        Place place = message.place();
        int[] entries = {};
        while (message.next()) {
            if (message.field() == Flow.ENTRIES_FIELD_NUMBER) {
                place.verify(
                        entries.length == 0, "one column of entries, found another one at byte", message.position());
                WireInput column = message.message();
                place.verify(column.remaining() % 4 == 0, "32-bit entries, found bytes", column.remaining());
                entries = new int[column.remaining() / 4];
                Bytes.copy(column.array(), column.position(), entries, entries.length);
            } else {
                message.skip();
            }
        }
        long sum = 0;
        int length = -1;
        String known = "a block number below " + defined;
        for (int entry : entries) {
            if (entry >= 0) {
                place.verify(entry < defined, known, entry);
                length = group.get(entry).instructions();
                sum += length;
            } else {
                int retired = entry & ~Recorder.PARTIAL;
                if (retired >= length) {
                    throw place.expected("a truncation of the block before it (%d instructions), found %d"
                            .formatted(length, retired));
                }
                sum += retired - length;
                length = -1;
            }
        }
        place.verify(sum == instructions, "%d instructions".formatted(instructions), sum);
        return entries;
    }
}
