package dev.ringscope.trace.service;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.TraceMap;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Machines for re-execution, shared by all calls. Each has the guest's whole memory: there is one per processor of the
 * host at most, and fewer where they would take more than half of the heap.
 */
final class Timelines {
    /** A question that is asked of a machine which stands where it should. */
    @FunctionalInterface
    interface Question<T> {
        T ask(Timeline timeline) throws IOException;
    }

    /** Instructions between two looks at whether anybody still waits for the answer: some 20 ms. */
    private static final long STEP = 1 << 20;

    private static final long LOOK_MILLISECONDS = 50;

    /** What a machine needs besides its memory: devices, translated code. */
    private static final long MACHINE = 32 << 20;

    private final TraceReader trace;
    private final Semaphore permits;
    /** Those that nobody uses, the one used last in front. */
    private final Deque<Timeline> idle = new ArrayDeque<>();
    /** Idle or in use. */
    private int built;

    private final int most;

    Timelines(TraceReader trace) {
        this.trace = trace;
        long bytes = trace.machine().ramBytes() + trace.machine().romBytes() + MACHINE;
        long fitting = Math.max(1, Runtime.getRuntime().maxMemory() / 2 / bytes);
        most = (int) Math.min(Runtime.getRuntime().availableProcessors(), fitting);
        permits = new Semaphore(most, true);
    }

    /**
     * Asks a machine that stands at a position.
     *
     * @throws CancellationException if nobody waits for the answer any more
     */
    <T> T at(long position, Call<?> call, Question<T> question) throws IOException {
        acquire(call);
        Timeline timeline = null;
        boolean sound = false;
        try {
            timeline = take(position);
            go(timeline, position, call);
            T answer = question.ask(timeline);
            sound = true;
            return answer;
        } catch (CancellationException e) {
            sound = timeline != null;
            throw e;
        } finally {
            giveBack(timeline, sound);
            permits.release();
        }
    }

    private void acquire(Call<?> call) {
        try {
            do {
                call.check();
            } while (!permits.tryAcquire(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the server closes");
        }
    }

    private Timeline take(long position) throws IOException {
        synchronized (this) {
            Timeline best = nearest(position);
            if (best != null) {
                idle.remove(best);
                return best;
            }
            if (built == most) {
                return idle.removeLast();
            }
            built++;
        }
        try {
            return new Timeline(trace, Detail.FLOW);
        } catch (IllegalArgumentException e) {
            lost();
            throw Refusal.notReplayable("this machine cannot be built: " + e.getMessage());
        } catch (IOException | RuntimeException | Error e) {
            lost();
            throw e;
        }
    }

    private synchronized void lost() {
        built--;
    }

    /** The idle one with the shortest way to a position, if one is nearer than the checkpoint; else null. */
    private Timeline nearest(long position) {
        Timeline best = null;
        for (Timeline timeline : idle) {
            if (timeline.position() >= checkpoint(position)
                    && timeline.position() <= position
                    && (best == null || timeline.position() > best.position())) {
                best = timeline;
            }
        }
        return best;
    }

    private long checkpoint(long position) {
        TraceMap map = trace.map();
        int number = map.checkpointAt(position);
        if (number < 0) {
            throw Refusal.notReplayable(
                    "%s has no checkpoint at or before position %d".formatted(trace.file(), position));
        }
        return map.checkpoints().get(number).position();
    }

    private void go(Timeline timeline, long position, Call<?> call) throws IOException {
        long from = checkpoint(position);
        long at = timeline.position() > from && timeline.position() <= position ? timeline.position() : from;
        for (; at < position; at += STEP) {
            call.check();
            timeline.seek(at);
        }
        call.check();
        timeline.seek(position);
    }

    /** One that failed in the middle of something is not used again. */
    private synchronized void giveBack(Timeline timeline, boolean sound) {
        if (sound) {
            idle.addFirst(timeline);
        } else if (timeline != null) {
            built--;
        }
    }
}
