package dev.ringscope.trace.format;

import dev.ringscope.emulator.Recorder;
import dev.ringscope.proto.trace.v1.Flow;
import java.util.Arrays;

/** The entries of one chunk's flow, with the group's block numbers: 32 bits each, which Zstandard turns into their periods. */
final class FlowColumn {
    private int[] entries = new int[1 << 18];
    private int count;

    int count() {
        return count;
    }

    int[] entries() {
        return entries;
    }

    void clear() {
        count = 0;
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

    WireOutput encode() {
        WireOutput column = new WireOutput(4 * count);
        column.words(entries, count);
        WireOutput message = new WireOutput(4 * count + 8);
        message.column(Flow.ENTRIES_FIELD_NUMBER, column);
        return message;
    }

    /** Decodes and checks against the group's blocks: afterwards every entry is what {@link Recorder#flow} describes. */
    static int[] decode(WireInput message, BlockGroup group, long instructions) {
        Place place = message.place();
        int[] entries = {};
        while (message.next()) {
            if (message.field() == Flow.ENTRIES_FIELD_NUMBER) {
                place.verify(entries.length == 0, "one column of entries, found another one at byte", message.position());
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
        for (int entry : entries) {
            if (entry >= 0) {
                place.verify(entry < group.size(), "a block number below %d".formatted(group.size()), entry);
                length = group.get(entry).instructions();
                sum += length;
            } else {
                int retired = entry & ~Recorder.PARTIAL;
                place.verify(retired < length, "a truncation of the block before it (%d instructions)".formatted(length), retired);
                sum += retired - length;
                length = -1;
            }
        }
        place.verify(sum == instructions, "%d instructions".formatted(instructions), sum);
        return entries;
    }
}
