package dev.ringscope.trace.query;

import dev.ringscope.emulator.Recorder;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.TraceMap;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Machines for re-execution, shared by all questions to a trace. Each has the guest's whole memory: there is one per
 * processor of the host at most, and fewer where they would not fit into the {@link MachineMemory}, which several
 * traces may share. Whoever has one gives it back soon, and never waits for a reader or another machine meanwhile.
 */
public final class Replays implements AutoCloseable {
    /** Works with a machine that stands where it should. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(Timeline timeline) throws IOException;
    }

    /** Brings a machine to where it should stand. */
    @FunctionalInterface
    private interface Way {
        void go(Timeline timeline) throws IOException;
    }

    /** Instructions between two looks at whether anybody still waits for the answer, at most. */
    private static final long STEP = 1 << 20;

    private static final long LOOK_MILLISECONDS = 20;

    /** Machines that are made before somebody asks. */
    private static final int PREPARED = 2;

    /** What a machine needs besides its memory: devices, translated code. */
    private static final long MACHINE = 32 << 20;

    /** @param detail what it tells; null if only its memory is of use */
    private record Idle(Timeline timeline, Detail detail) {}

    private final TraceReader trace;
    private final MachineMemory memory;
    /** What a machine takes. */
    private final long bytes;

    private final Semaphore permits;
    /** Those that nobody uses, the one used last in front. */
    private final Deque<Idle> idle = new ArrayDeque<>();
    /** Idle, in use, or being built. */
    private int built;

    private final int most;
    private boolean closed;

    /** With as much memory as {@link MachineMemory#ofThisProcess} gives. */
    public Replays(TraceReader trace) {
        this(trace, MachineMemory.ofThisProcess());
    }

    Replays(TraceReader trace, MachineMemory memory) {
        this.trace = trace;
        this.memory = memory;
        bytes = trace.machine().ramBytes() + trace.machine().romBytes() + MACHINE;
        long fitting = Math.max(1, memory.most() / bytes);
        most = (int) Math.min(Runtime.getRuntime().availableProcessors(), fitting);
        permits = new Semaphore(most, true);
        memory.add(this);
    }

    /** How many machines there are at a time, at least 1. */
    int most() {
        return most;
    }

    /**
     * Has some machines made, as far as there is memory that nobody uses: the first questions need not wait until Java
     * has filled theirs with zeros. Returns at once.
     */
    public void prepare() {
        for (int n = 0; n < PREPARED && claim(); n++) {
            if (!memory.reserveFree(bytes)) {
                unclaim();
                return;
            }
            new Building(() -> new Timeline(trace, Detail.FLOW)).then(timeline -> arrive(timeline, Detail.FLOW));
        }
    }

    /** Whether somebody waits for one. */
    boolean wanted() {
        return permits.hasQueuedThreads();
    }

    /**
     * Asks a machine that stands at a position.
     *
     * @param detail what re-execution tells a listener
     * @throws CancellationException if nobody waits for the answer any more
     * @throws NotReplayableException if the trace has no machine for it
     */
    public <T> T at(Detail detail, long position, Asker asker, Question<T> question) throws IOException {
        return ask(detail, position, asker, timeline -> go(timeline, position, asker), question);
    }

    /** The same right behind a checkpoint: in front of everything that happened at its position afterwards. */
    <T> T behind(Detail detail, int checkpoint, Asker asker, Question<T> question) throws IOException {
        long position = trace.map().checkpoints().get(checkpoint).position();
        return ask(detail, position, asker, timeline -> timeline.restore(checkpoint), question);
    }

    private <T> T ask(Detail detail, long position, Asker asker, Way way, Question<T> question) throws IOException {
        acquire(asker);
        Timeline timeline = take(detail, position, asker);
        boolean sound = false;
        timeline.setLook(asker::check);
        try {
            try {
                way.go(timeline);
            } catch (CancellationException e) {
                sound = timeline.sound();
                throw e;
            }
            T answer = question.ask(timeline);
            sound = true;
            return answer;
        } finally {
            giveBack(timeline, sound ? detail : null);
        }
    }

    private void acquire(Asker asker) {
        try {
            do {
                asker.check();
            } while (!permits.tryAcquire(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    /** A machine for whoever has acquired the right to one; if there is none the right is given back. */
    private Timeline take(Detail detail, long position, Asker asker) throws IOException {
        Idle found = null;
        boolean allowed = false;
        try {
            found = find(detail, position, asker);
            allowed = true;
        } finally {
            if (!allowed) {
                permits.release();
            }
        }
        if (found != null && found.detail == detail) {
            return found.timeline;
        }
        return build(detail, found == null ? null : found.timeline, asker);
    }

    /** One that nobody uses, perhaps only to be rebuilt; null if there is memory for one more, reserved then. */
    private Idle find(Detail detail, long position, Asker asker) {
        while (true) {
            Idle found = idle(detail, position, false);
            if (found != null || reserve()) {
                return found;
            }
            found = idle(detail, position, true);
            if (found != null) {
                return found;
            }
            asker.check();
            pause();
        }
    }

    private boolean reserve() {
        if (!claim()) {
            return false;
        }
        boolean reserved = memory.reserve(this, bytes);
        if (!reserved) {
            unclaim();
        }
        return reserved;
    }

    private synchronized boolean claim() {
        boolean room = built < most;
        built += room ? 1 : 0;
        return room;
    }

    private synchronized void unclaim() {
        built--;
    }

    /** @param any whether one will do that is no nearer than the checkpoint, or tells something else */
    private synchronized Idle idle(Detail detail, long position, boolean any) {
        Idle best = nearest(detail, position);
        boolean full = any || built == most;
        if (best == null && full) {
            best = leastRecent(detail);
        }
        if (best == null) {
            best = leastRecent(null);
        }
        if (best == null && full) {
            best = idle.peekLast();
        }
        idle.remove(best);
        return best;
    }

    /** @param spent one in whose memory it is built; null for none */
    private Timeline build(Detail detail, Timeline spent, Asker asker) throws IOException {
        Building building =
                new Building(() -> spent == null ? new Timeline(trace, detail) : Timeline.inPlaceOf(spent, detail));
        boolean awaited = false;
        try {
            Timeline timeline = building.await(asker);
            awaited = true;
            return timeline;
        } catch (IllegalArgumentException e) {
            throw new NotReplayableException(trace.file() + ": this machine cannot be built: " + e.getMessage());
        } finally {
            if (!awaited) {
                permits.release();
                if (!building.abandon(timeline -> arrive(timeline, detail))) {
                    arrive(spent, null);
                }
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    /** Forgets a machine that nobody uses. @return whether there was one */
    synchronized boolean forgetOne() {
        if (idle.isEmpty()) {
            return false;
        }
        idle.removeLast();
        lost();
        return true;
    }

    /** How many machines are asked, or waited for: one that is being built for nobody any more does not count. */
    int inUse() {
        return most - permits.availablePermits();
    }

    /** Forgets all machines; those in use as soon as they are given back. */
    @Override
    public void close() {
        memory.remove(this);
        synchronized (this) {
            closed = true;
            while (forgetOne()) {
                continue;
            }
        }
    }

    private void lost() {
        unclaim();
        memory.release(bytes);
    }

    /** The idle one with the shortest way to a position, if one is nearer than the checkpoint; else null. */
    private Idle nearest(Detail detail, long position) {
        long checkpoint = checkpoint(position);
        Idle best = null;
        for (Idle candidate : idle) {
            long at = candidate.timeline.position();
            boolean near = candidate.detail == detail && at >= checkpoint && at <= position;
            if (near && (best == null || at > best.timeline.position())) {
                best = candidate;
            }
        }
        return best;
    }

    private Idle leastRecent(Detail detail) {
        for (Iterator<Idle> all = idle.descendingIterator(); all.hasNext(); ) {
            Idle candidate = all.next();
            if (candidate.detail == detail) {
                return candidate;
            }
        }
        return null;
    }

    private long checkpoint(long position) {
        TraceMap map = trace.map();
        int number = map.checkpointAt(position);
        if (number < 0) {
            throw new NotReplayableException(
                    "%s has no checkpoint at or before position %d".formatted(trace.file(), position));
        }
        return map.checkpoints().get(number).position();
    }

    private void go(Timeline timeline, long position, Asker asker) throws IOException {
        long from = checkpoint(position);
        long at = timeline.position() > from && timeline.position() <= position ? timeline.position() : from;
        Pace pace = new Pace(STEP);
        while (at < position) {
            asker.check();
            long length = pace.begin();
            timeline.seek(at);
            pace.end();
            at += length;
        }
        asker.check();
        timeline.seek(position);
    }

    /**
     * One that failed in the middle of something is built anew before it is used again.
     *
     * @param detail null if it failed
     */
    private void giveBack(Timeline timeline, Detail detail) {
        timeline.setListener(Recorder.NONE);
        timeline.setLook(() -> {});
        timeline.noteBlocks(false);
        timeline.clearMarks();
        arrive(timeline, detail);
        permits.release();
    }

    /**
     * Nobody uses it.
     *
     * @param timeline null if it could not be built
     * @param detail null if only its memory is of use
     */
    private synchronized void arrive(Timeline timeline, Detail detail) {
        if (timeline == null || closed) {
            lost();
        } else {
            idle.addFirst(new Idle(timeline, detail));
        }
    }
}
