package dev.ringscope.trace.format;

import dev.ringscope.emulator.Recorder;
import dev.ringscope.proto.trace.v1.Flow;
import dev.ringscope.proto.trace.v1.FlowSection;
import java.util.Arrays;

/**
 * The entries of one chunk's flow, with the group's block numbers: 32 bits each, which Zstandard turns into their
 * periods. What {@link FlowRepeats} has found to repeat itself is kept as what it repeats, and goes into the file
 * without ever being written out.
 */
final class FlowColumn {
    private static final int SHORTEST = FlowRepeats.CERTAIN;
    private static final int LONGEST = FlowRepeats.LONGEST;
    /** A chunk of repetitions with no more entries than this between them is not given to Zstandard as a whole. */
    private static final int BETWEEN = 1 << 10;

    private final FlowRepeats finder = new FlowRepeats();
    private final FlowBatch found = new FlowBatch(1 << 12);

    /** What is no repetition. */
    private int[] told = new int[1 << 16];

    private int toldCount;
    /** Of each repetition: how many entries of {@link #told} come before it, its period, its length. */
    private int[] places = new int[64];

    private int[] periods = new int[64];
    private int[] lengths = new int[64];
    private int repeats;
    /** All entries, those of repetitions too. */
    private int count;
    /** The latest entries, of whatever chunk. */
    private final int[] recent = new int[8 * LONGEST];

    private int recentCount;
    private int lastLength;

    private int[] entries = new int[1 << 16];
    private final WireOutput message = new WireOutput(1 << 12);
    private final RepeatingFrame frame = new RepeatingFrame();

    int count() {
        return count;
    }

    /** The first ones, written out; valid until the next call. */
    int[] entries(int first) {
        if (entries.length < first) {
            entries = new int[Math.max(first, 2 * entries.length)];
        }
        int n = 0;
        int from = 0;
        for (int i = 0; i <= repeats && n < first; i++) {
            int plain = Math.min(first - n, (i < repeats ? places[i] : toldCount) - from);
            System.arraycopy(told, from, entries, n, plain);
            from += plain;
            n += plain;
            if (i < repeats && n < first) {
                int length = Math.min(first - n, lengths[i]);
                repeat(entries, n, periods[i], length);
                n += length;
            }
        }
        return entries;
    }

    private static void repeat(int[] to, int at, int period, int length) {
        int done = Math.min(period, length);
        System.arraycopy(to, at - period, to, at, done);
        while (done < length) {
            int more = Math.min(done, length - done);
            System.arraycopy(to, at, to, at + done, more);
            done += more;
        }
    }

    // ---- adding -----------------------------------------------------------------------------------------------------

    /**
     * Adds entries of the machine.
     *
     * @return how many instructions they are
     */
    long add(int[] from, int length, BlockNumbers blocks) {
        found.clear();
        finder.add(from, length, found);
        return add(found, blocks);
    }

    /** A chunk has ended: what is added next by entries may come after anything. */
    void ended() {
        finder.reset();
    }

    /** The same for what somebody has looked through already. */
    long add(FlowBatch batch, BlockNumbers blocks) {
        long instructions = 0;
        int from = 0;
        for (int i = 0; i < batch.repeats; i++) {
            instructions += addEach(batch.entries, from, batch.places[i], blocks);
            from = batch.places[i];
            instructions += addRepeat(batch.periods[i], batch.lengths[i], blocks.group());
        }
        return instructions + addEach(batch.entries, from, batch.count, blocks);
    }

    private long addEach(int[] from, int start, int end, BlockNumbers blocks) {
        if (start == end) {
            return 0;
        }
        settle();
        reserve(end - start);
        long instructions = 0;
        int n = toldCount;
        int length = lastLength;
        int[] to = told;
        for (int i = start; i < end; i++) {
            int entry = from[i];
            if (entry >= 0) {
                long block = blocks.find(entry);
                length = (int) (block >>> 32);
                instructions += length;
                to[n++] = (int) block;
            } else {
                instructions += (entry & ~Recorder.PARTIAL) - length;
                to[n++] = entry;
            }
        }
        lastLength = length;
        toldCount = n;
        count += end - start;
        int kept = Math.min(LONGEST, end - start);
        makeRoom(kept);
        System.arraycopy(told, n - kept, recent, recentCount, kept);
        recentCount += kept;
        return instructions;
    }

    /** For at most twice the longest period. */
    private void makeRoom(int more) {
        if (recent.length - recentCount < more) {
            System.arraycopy(recent, recentCount - LONGEST, recent, 0, LONGEST);
            recentCount = LONGEST;
        }
    }

    private long addRepeat(int period, int length, BlockGroup group) {
        if (tail() && periods[repeats - 1] == period) {
            lengths[repeats - 1] += length;
        } else {
            settle();
            put(period, length);
        }
        count += length;
        long once = 0;
        long rest = 0;
        int before = lastLength; // what the last of them left
        for (int i = 0; i < period; i++) {
            rest = i == length % period ? once : rest;
            int entry = recent[recentCount - period + i];
            if (entry >= 0) {
                before = group.get(entry).instructions();
                once += before;
            } else {
                once += (entry & ~Recorder.PARTIAL) - before;
            }
        }
        int more = length - Math.max(0, length - LONGEST) / period * period;
        makeRoom(more);
        repeat(recent, recentCount, period, more);
        recentCount += more;
        int last = recent[recentCount - 1];
        lastLength = last >= 0 ? group.get(last).instructions() : 0;
        return length / period * once + rest;
    }

    /** A repetition of what may lie in another chunk: that much of it is told. */
    private void put(int period, int length) {
        int missing = Math.min(length, Math.max(0, period - count));
        reserve(missing);
        System.arraycopy(recent, recentCount - period, told, toldCount, missing);
        toldCount += missing;
        if (missing < length) {
            append(period, length - missing);
        }
    }

    private void append(int period, int length) {
        if (repeats == places.length) {
            places = Arrays.copyOf(places, 2 * repeats);
            periods = Arrays.copyOf(periods, 2 * repeats);
            lengths = Arrays.copyOf(lengths, 2 * repeats);
        }
        places[repeats] = toldCount;
        periods[repeats] = period;
        lengths[repeats++] = length;
    }

    /** Whether the last thing added was a repetition. */
    private boolean tail() {
        return repeats > 0 && places[repeats - 1] == toldCount;
    }

    /** The last repetition gets no longer: if it is short, it is none. */
    private void settle() {
        if (tail() && lengths[repeats - 1] < SHORTEST) {
            int length = lengths[--repeats];
            reserve(length);
            System.arraycopy(recent, recentCount - length, told, toldCount, length);
            toldCount += length;
        }
    }

    private void reserve(int more) {
        if (told.length - toldCount < more) {
            told = Arrays.copyOf(told, Math.max(toldCount + more, 2 * told.length));
        }
    }

    // ---- looking ----------------------------------------------------------------------------------------------------

    /** Marks the blocks that the first entries name. */
    void mark(int first, boolean[] used) {
        int plain = told(first);
        for (int i = 0; i < plain; i++) {
            if (told[i] >= 0) {
                used[told[i]] = true;
            }
        }
    }

    /** One more than the highest block number in the first entries: numbers were given in order of appearance. */
    int blocks(int first) {
        int highest = -1;
        int plain = told(first);
        for (int i = 0; i < plain; i++) {
            highest = Math.max(highest, told[i]); // truncations are negative
        }
        return highest + 1;
    }

    /** How many of the first entries are told: repetitions name no others. */
    private int told(int first) {
        int plain = 0;
        int n = 0;
        for (int i = 0; i < repeats; i++) {
            int more = Math.min(first - n, places[i] - plain);
            plain += more;
            n += more + Math.min(first - n - more, lengths[i]);
        }
        return plain + Math.min(first - n, toldCount - plain);
    }

    /** A place between two blocks: so many entries in front of it, and the position there. */
    record Boundary(int entries, long position) {}

    /** The last boundary at or before a position, when the first entry begins at another. */
    Boundary boundary(long from, long limit, BlockGroup group) {
        int[] all = entries(count);
        long position = from;
        int at = 0;
        while (at < count) {
            boolean truncated = at + 1 < count && all[at + 1] < 0;
            int length = truncated
                    ? all[at + 1] & ~Recorder.PARTIAL
                    : group.get(all[at]).instructions();
            if (position + length > limit) {
                break;
            }
            position += length;
            at += truncated ? 2 : 1;
        }
        return new Boundary(at, position);
    }

    /** The end of the first block. */
    Boundary firstBlock(long from, BlockGroup group) {
        int[] all = entries(Math.min(2, count));
        int length = group.get(all[0]).instructions();
        return count > 1 && all[1] < 0
                ? new Boundary(2, from + (all[1] & ~Recorder.PARTIAL))
                : new Boundary(1, from + length);
    }

    /**
     * Has the first entries end where a repetition does, as if no more had come yet: to be called before they are
     * written, and in front of {@link #drop}.
     */
    void split(int first) {
        if (first == count) {
            settle();
        }
        int n = 0;
        for (int i = 0; i < repeats && n < first; i++) {
            n += places[i] - (i > 0 ? places[i - 1] : 0);
            if (n < first && n + lengths[i] > first) {
                split(i, first - n);
                return;
            }
            n += lengths[i];
        }
    }

    /** One repetition becomes two, or some told entries and one. */
    private void split(int repeat, int length) {
        int place = places[repeat];
        int period = periods[repeat];
        if (length >= SHORTEST) {
            append(period, 0);
            for (int[] column : new int[][] {places, periods, lengths}) {
                System.arraycopy(column, repeat, column, repeat + 1, repeats - 1 - repeat);
            }
            lengths[repeat] = length;
            lengths[repeat + 1] -= length;
            return;
        }
        int before = place;
        for (int i = 0; i < repeat; i++) {
            before += lengths[i];
        }
        int[] all = entries(before + length);
        reserve(length);
        System.arraycopy(told, place, told, place + length, toldCount - place);
        System.arraycopy(all, before, told, place, length);
        toldCount += length;
        for (int i = repeat; i < repeats; i++) {
            places[i] += length;
        }
        lengths[repeat] -= length;
    }

    /** Forgets the first entries. */
    void drop(int first) {
        if (first == count) {
            count = 0;
            toldCount = 0;
            repeats = 0;
        } else if (first > 0) {
            dropSome(first);
        }
    }

    private void dropSome(int first) {
        int[] all = entries(count);
        int[] oldPlaces = places.clone();
        int[] oldPeriods = periods.clone();
        int[] oldLengths = lengths.clone();
        int oldRepeats = repeats;
        int end = count;
        count = 0;
        toldCount = 0;
        repeats = 0;
        int at = 0;
        int from = 0;
        for (int i = 0; i < oldRepeats; i++) {
            int start = at + oldPlaces[i] - from;
            keep(all, Math.max(first, at), start);
            at = start + oldLengths[i];
            from = oldPlaces[i];
            keepRepeat(all, oldPeriods[i], Math.max(first, start), at, at == end);
        }
        keep(all, Math.max(first, at), end);
    }

    private void keep(int[] all, int from, int to) {
        if (from < to) {
            reserve(to - from);
            System.arraycopy(all, from, told, toldCount, to - from);
            toldCount += to - from;
            count += to - from;
        }
    }

    /** @param open it is the last, and more of it may come */
    private void keepRepeat(int[] all, int period, int from, int to, boolean open) {
        int missing = Math.max(0, period - count);
        if (to - from <= missing || to - from < SHORTEST + missing && !open) {
            keep(all, from, to);
        } else {
            keep(all, from, from + missing);
            append(period, to - from - missing);
            count += to - from - missing;
        }
    }

    // ---- into the file ----------------------------------------------------------------------------------------------

    /** The message of the first entries, written out; valid until the next call. */
    WireOutput encode(int first) {
        message.clear();
        message.column(Flow.ENTRIES_FIELD_NUMBER, entries(first), first);
        return message;
    }

    /**
     * The same compressed.
     *
     * @return in the field {@code zstd}, with {@code uncompressed_size}
     */
    FlowSection.Builder compress(int first, Compressor compressor) {
        FlowSection.Builder section = FlowSection.newBuilder();
        int opening = repeats > 0 ? places[0] : first;
        if (told(first) - opening > BETWEEN || opening >= first) {
            WireOutput whole = encode(first);
            return section.setUncompressedSize(whole.size())
                    .setZstd(compressor.compress(whole.array(), 0, whole.size()));
        }
        message.clear();
        message.varint(Flow.ENTRIES_FIELD_NUMBER << 3 | 2);
        message.varint(4L * first);
        int size = message.size() + 4 * first;
        message.words(told, 0, opening);
        frame.start(size);
        frame.first(compressor.compress(message.array(), 0, message.size()).toByteArray());
        int n = opening;
        for (int i = 0; n < first; i++) {
            int end = i < repeats ? places[i] : toldCount;
            int start = i > 0 ? places[i - 1] : opening;
            int plain = Math.min(end - start, first - n);
            message.clear();
            message.words(told, start, plain);
            frame.plain(message.array(), 0, message.size());
            n += plain;
            if (n < first) {
                frame.repeat(4 * periods[i], 4 * lengths[i]);
                n += lengths[i];
            }
        }
        return section.setUncompressedSize(size).setZstd(frame.finish());
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
