package dev.ringscope.trace.query;

import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where did memory hold certain bytes at a position? RAM and ROM only. A machine is borrowed for a window at a time, so
 * that slow readers keep none from others; windows overlap by the pattern's length, less one byte.
 */
public final class MemorySearch {
    private static final int PAGE = 4096;
    /** Addresses looked at before the machine is given back. */
    private static final long WINDOW = 4 << 20;

    private static final long CANONICAL_AGAIN = 0xffff_8000_0000_0000L;

    /** Levels of tables above pages, and what an entry of each translates. */
    private static final int[] SHIFTS = {12, 21, 30, 39};

    /**
     * Where to look.
     *
     * @param first the first address at which the bytes may begin
     * @param last the last one
     */
    public record Where(long position, MemoryContents.Space space, long first, long last) {}

    private final Where where;
    private final byte[] pattern;
    private final Asker asker;
    /** The bytes up to the address that is looked at, as far as they are mapped without a gap. */
    private final byte[] run;

    private int length;

    private MemorySearch(Where where, byte[] pattern, Asker asker) {
        this.where = where;
        this.pattern = pattern;
        this.asker = asker;
        run = new byte[pattern.length - 1 + PAGE];
    }

    /**
     * Addresses, ascending as unsigned numbers. What is not mapped is passed over; what is found lies in memory that is
     * mapped without a gap.
     *
     * @param pattern at least one byte
     * @param range only its count counts
     */
    public static void list(Recording recording, Where where, byte[] pattern, Range range, Answers<Long> answers)
            throws IOException {
        MemorySearch search = new MemorySearch(where, pattern, answers);
        Answers<Long> limited = range.limit(answers);
        long end = where.last + pattern.length - 1;
        end = Long.compareUnsigned(end, where.last) < 0 ? -1 : end;
        long at = where.first;
        boolean more = true;
        while (more) {
            long from = at;
            long to = Long.compareUnsigned(end - from, WINDOW) < 0 ? end : (from | WINDOW - 1);
            List<Long> found = new ArrayList<>();
            at = recording
                    .replays()
                    .at(Detail.FLOW, where.position, answers, timeline -> search.window(timeline, from, to, found));
            for (int i = 0; more && i < found.size(); i++) {
                more = limited.take(found.get(i));
            }
            more &= at != 0 && Long.compareUnsigned(at, end) <= 0;
        }
    }

    /** @return where to go on; 0 behind the last address */
    private long window(Timeline timeline, long from, long to, List<Long> found) {
        long at = from;
        do {
            asker.check();
            long next = page(timeline, at, to, found);
            if (next == 0) {
                return 0;
            }
            at = next;
        } while (Long.compareUnsigned(at, to) <= 0);
        return at;
    }

    private long page(Timeline timeline, long at, long to, List<Long> found) {
        long size = Math.min(PAGE - (at & PAGE - 1), to - at + 1 > 0 ? to - at + 1 : PAGE);
        PhysicalMemory memory = timeline.machine().memory();
        long physical = at;
        if (where.space == MemoryContents.Space.VIRTUAL) {
            Walk walk = timeline.machine().cpu().paging.walk(at);
            if (!walk.mapped()) {
                length = 0;
                return behindHole(at, walk);
            }
            physical = walk.physical();
        }
        int index = memory.index(physical);
        if (index < 0) {
            length = 0;
            return (at | PAGE - 1) + 1;
        }
        System.arraycopy(memory.bytes, index, run, length, (int) size);
        int total = length + (int) size;
        matches(at - length, total, found);
        int keep = Math.min(total, pattern.length - 1);
        System.arraycopy(run, total - keep, run, 0, keep);
        length = keep;
        return at + size;
    }

    /** The first address that an entry which maps nothing does not translate. */
    private static long behindHole(long at, Walk walk) {
        if (walk.failure() == Reason.NON_CANONICAL) {
            return CANONICAL_AGAIN;
        }
        int level = walk.steps().isEmpty() ? 1 : walk.steps().getLast().level();
        return (at | (1L << SHIFTS[Math.min(level, SHIFTS.length) - 1]) - 1) + 1;
    }

    private void matches(long address, int total, List<Long> found) {
        for (int i = 0; i + pattern.length <= total; i++) {
            long candidate = address + i;
            boolean begins = run[i] == pattern[0]
                    && Long.compareUnsigned(candidate, where.first) >= 0
                    && Long.compareUnsigned(candidate, where.last) <= 0;
            if (begins && java.util.Arrays.equals(run, i, i + pattern.length, pattern, 0, pattern.length)) {
                found.add(candidate);
            }
        }
    }
}
