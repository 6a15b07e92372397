package dev.ringscope.trace.format;

import dev.ringscope.emulator.AccessLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Accesses that wait for their chunk's end: in the logs in which they came, so that nothing is copied but what comes in
 * small pieces.
 */
final class AccessLogs {
    /** Empty ones that are kept for the next chunk: what has a chunk of a million instructions, and more. */
    private static final int SPARE = 64;

    private final List<AccessLog> logs = new ArrayList<>();
    private final Deque<AccessLog> spare = new ArrayDeque<>();
    /** So many accesses of the first log are forgotten. */
    private int first;

    private int count;

    /** How many there are. */
    int count() {
        return count;
    }

    /** In order; what is in them may be changed. */
    List<AccessLog> all() {
        return logs;
    }

    /** The place in the first log where the accesses begin. */
    int first() {
        return first;
    }

    /** @param index among all there are */
    long position(int index) {
        int at = first + index;
        int log = 0;
        while (at >= logs.get(log).count) {
            at -= logs.get(log++).count;
        }
        return position(logs.get(log), at);
    }

    private static long position(AccessLog log, int index) {
        return log.base + log.instruction[index];
    }

    /** How many have a position below a limit; they are in order. */
    int below(long limit) {
        int below = count;
        for (AccessLog log : logs.reversed()) {
            int start = log == logs.getFirst() ? first : 0;
            for (int i = log.count; i > start; i--) {
                if (position(log, i - 1) < limit) {
                    return below;
                }
                below--;
            }
        }
        return below;
    }

    /** @return another log, or the same if that is copied; to be cleared */
    AccessLog add(AccessLog log) {
        count += log.count;
        if (!logs.isEmpty() && AccessLog.CAPACITY - logs.getLast().count >= log.count) {
            logs.getLast().append(log);
            return log;
        }
        logs.add(log);
        return spare.isEmpty() ? new AccessLog() : spare.pop();
    }

    /** Forgets the first ones. */
    void drop(int dropped) {
        count -= dropped;
        first += dropped;
        int whole = 0;
        while (whole < logs.size() && first >= logs.get(whole).count) {
            AccessLog log = logs.get(whole++);
            first -= log.count;
            log.count = 0;
            if (spare.size() < SPARE) {
                spare.push(log);
            }
        }
        logs.subList(0, whole).clear();
    }
}
