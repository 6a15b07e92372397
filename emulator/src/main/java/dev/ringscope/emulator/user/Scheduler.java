package dev.ringscope.emulator.user;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which thread runs: round robin, each for a slice of virtual time while others want to run too. When all wait, time
 * jumps to the first deadline.
 */
final class Scheduler {
    /** Virtual nanoseconds that a thread runs while others want to. */
    static final long SLICE = 100_000;

    static final int MOST = ProcessPage.SLOT_PAGES * ProcessPage.SLOTS_OF_A_PAGE;

    private final LinuxProcess process;
    /** In the order in which they take turns. */
    private final List<Task> tasks = new ArrayList<>();

    /** Numbers of the threads that a debugger does not let run. */
    private Set<Integer> held = Set.of();

    private Task current;
    private long sliceEnd;
    private long waits;
    /** The alarm was last set with nobody else who could run. */
    private boolean endless;
    /** The current thread gives way. */
    private boolean yields;
    /** Something has happened that may end a wait. */
    private boolean stirred;

    Scheduler(LinuxProcess process) {
        this.process = process;
    }

    Task current() {
        return current;
    }

    /** All threads, the oldest first. */
    List<Task> tasks() {
        return tasks;
    }

    Optional<Task> find(int tid) {
        return tasks.stream().filter(t -> t.tid() == tid).findFirst();
    }

    void add(Task task) {
        tasks.add(task);
        if (current == null) {
            current = task;
        }
    }

    void remove(Task task) {
        tasks.remove(task);
    }

    /** A thread waits, from now on. */
    void wait(Task task, Wait wait) {
        task.waitFor(wait, ++waits, process.frame(task).get(Frame.RIP));
    }

    /**
     * These threads stand still until this is called again, whatever comes for them.
     *
     * @return whether one may run that stood still, while the current thread has been given all time for itself
     */
    boolean hold(Set<Integer> tids) {
        boolean late = endless && !tids.containsAll(held);
        held = Set.copyOf(tids);
        stirred = true;
        return late;
    }

    private boolean free(Task task) {
        return !held.contains(task.tid());
    }

    /** What threads wait for, the longest wait first. */
    List<Wait> waits() {
        return tasks.stream()
                .filter(t -> !t.runnable())
                .sorted(Comparator.comparingLong(Task::waitNumber))
                .map(t -> t.waiting().orElseThrow())
                .toList();
    }

    void stir() {
        stirred = true;
    }

    /** The current thread lets another run if one wants to. */
    void yield() {
        yields = true;
    }

    /** The alarm has come: a slice may be over, and a deadline may have passed. */
    void tick() {
        stirred = true;
        yields = process.now() >= sliceEnd;
    }

    /** When the alarm must come for the threads' sake; {@link Long#MAX_VALUE}: never. */
    long next() {
        if (tasks.size() == 1) {
            return Long.MAX_VALUE;
        }
        endless = tasks.stream().noneMatch(t -> t != current && canRun(t));
        long next = endless ? Long.MAX_VALUE : sliceEnd;
        for (Task task : tasks) {
            next = Math.min(next, task.waiting().map(Wait::until).orElse(Long.MAX_VALUE));
        }
        return next;
    }

    /**
     * Chooses who runs from here on.
     *
     * @return whether somebody does; else all threads wait for ever
     */
    boolean schedule() {
        if (tasks.size() == 1 && canRun(current)) {
            stirred = false;
            yields = false;
            return true;
        }
        if (stirred || !canRun(current)) {
            wakeAll();
        }
        while (tasks.stream().noneMatch(this::canRun)) {
            if (process.standsStill()) {
                return false;
            }
            long until = tasks.stream()
                    .filter(this::free)
                    .filter(t -> !t.runnable())
                    .map(t -> t.waiting().orElseThrow().until())
                    .min(Long::compare)
                    .orElse(Long.MAX_VALUE);
            if (!held.isEmpty() && process.isAskedToStop() || !process.waits().passTime(until)) {
                if (!held.isEmpty()) {
                    process.waitForDebugger(tasks.stream().anyMatch(this::free));
                }
                return false;
            }
            wakeAll();
        }
        if (!canRun(current) || yields) {
            choose();
        } else if (process.now() >= sliceEnd) {
            sliceEnd = process.now() + SLICE;
        }
        yields = false;
        return true;
    }

    private boolean canRun(Task task) {
        return task.runnable() && free(task) && tasks.contains(task);
    }

    private void choose() {
        // one that has ended is no longer listed: the turn then starts anew with the oldest
        int at = tasks.indexOf(current);
        for (int n = 1; n <= tasks.size(); n++) {
            Task next = tasks.get((at + n) % tasks.size());
            if (canRun(next)) {
                current = next;
                sliceEnd = process.now() + SLICE;
                return;
            }
        }
    }

    private void wakeAll() {
        stirred = false;
        for (Task task : tasks.stream().filter(this::free).toList()) {
            task.waiting().ifPresent(wait -> process.waits().tryToEnd(task, wait));
        }
    }
}
