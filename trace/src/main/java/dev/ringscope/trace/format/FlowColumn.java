package dev.ringscope.trace.format;

import dev.ringscope.emulator.Recorder;
import dev.ringscope.proto.trace.v1.Flow;
import java.util.Arrays;

/**
 * The entries of one chunk's flow, with the group's block numbers: 32 bits each, which Zstandard turns into their
 * periods.
 */
final class FlowColumn {
    /** Loops whose period is longer are not recognized, and repetitions that are shorter not looked for. */
    private static final int STRIDE = 64;

    private int[] entries = new int[1 << 18];
    private int count;
    private final WireOutput message = new WireOutput(1 << 12);
    /** Of the entry that {@link #repeat} looked at last: how far back it was the same. */
    private int period;

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
        int at = 0;
        while (at < length) {
            int repeated = at >= STRIDE ? repeat(from, at, length) : 0;
            if (repeated > 0) {
                instructions += repeated(from, at, repeated, blocks);
                at += repeated;
            } else {
                int end = Math.min(length, at + STRIDE);
                end += end < length && from[end] < 0 ? 1 : 0; // belongs to the block in front of it
                instructions += addEach(from, at, end, blocks);
                at = end;
            }
        }
        return instructions;
    }

    private long addEach(int[] from, int start, int end, BlockNumbers blocks) {
        long instructions = 0;
        int before = 0;
        int n = count;
        for (int i = start; i < end; i++) {
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

    /**
     * How many entries from one on are as they were a period ago: most of a flow is loops, and what repeats itself is
     * copied.
     *
     * @return 0 if it is not worthwhile
     */
    private int repeat(int[] from, int at, int length) {
        int wanted = from[at];
        period = 1;
        while (period <= STRIDE && from[at - period] != wanted) {
            period++;
        }
        if (period > STRIDE) {
            return 0;
        }
        int same = Arrays.mismatch(from, at, length, from, at - period, length - period);
        int repeated = same < 0 ? length - at : same;
        if (at + repeated < length && from[at + repeated] < 0) {
            repeated--; // that block ends otherwise
        }
        return repeated >= STRIDE ? repeated : 0;
    }

    /** Adds entries that {@link #repeat} has found, the first of which is a block. */
    private long repeated(int[] from, int at, int repeated, BlockNumbers blocks) {
        int n = count;
        int done = Math.min(period, repeated);
        System.arraycopy(entries, n - period, entries, n, done);
        while (done < repeated) {
            int more = Math.min(done, repeated - done);
            System.arraycopy(entries, n, entries, n + done, more);
            done += more;
        }
        count = n + repeated;
        long once = 0;
        long rest = 0;
        int before = 0;
        for (int i = 0; i < period; i++) {
            rest = i == repeated % period ? once : rest;
            int entry = from[at + i];
            if (entry >= 0) {
                before = blocks.length(entry);
                once += before;
            } else {
                once += (entry & ~Recorder.PARTIAL) - before;
            }
        }
        return repeated / period * once + rest;
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

    /** The message of the first entries; valid until the next call. */
    WireOutput encode(int count) {
        message.clear();
        message.column(Flow.ENTRIES_FIELD_NUMBER, entries, count);
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
