package dev.ringscope.trace.format;

import dev.ringscope.emulator.AccessLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Accesses that wait for their chunk's end: in the logs in which they came, so that nothing is copied but what comes in
 * small pieces.
 */
final class AccessLogs {
    /** Empty ones that are kept: what a few chunks of a million instructions have, which another thread may encode. */
    private static final int SPARE = 128;

    private List<AccessLog> logs = new ArrayList<>();
    private final Queue<AccessLog> spare = new ArrayBlockingQueue<>(SPARE);

    private int count;

    /** How many there are. */
    int count() {
        return count;
    }

    /** @param index among all there are */
    long position(int index) {
        int at = index;
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
            for (int i = log.count; i > 0; i--) {
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
        return empty();
    }

    private AccessLog empty() {
        AccessLog log = spare.poll();
        return log == null ? new AccessLog() : log;
    }

    /**
     * Takes the first ones away.
     *
     * @return logs that hold these and nothing else, and may be changed; then they go to {@link #give}
     */
    List<AccessLog> take(int taken) {
        List<AccessLog> all = logs;
        logs = new ArrayList<>();
        int left = taken;
        int at = 0;
        while (left > 0 && all.get(at).count <= left) {
            left -= all.get(at++).count;
        }
        if (left > 0) {
            AccessLog cut = all.get(at);
            AccessLog rest = empty();
            rest.count = 0;
            rest.append(cut, left);
            cut.count = left;
            logs.add(rest);
            logs.addAll(all.subList(at + 1, all.size()));
            at++;
        } else {
            logs.addAll(all.subList(at, all.size()));
        }
        count -= taken;
        return new ArrayList<>(all.subList(0, at));
    }

    /** Gives back what {@link #take} returned; on any thread. */
    void give(List<AccessLog> taken) {
        for (AccessLog log : taken) {
            log.count = 0;
            spare.offer(log);
        }
    }
}
