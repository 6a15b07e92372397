package dev.ringscope.trace.query;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory the machines of one or several traces may take together. Where it is used up, machines that nobody
 * uses are forgotten, those of the trace asked least recently first. One machine is always allowed, however large.
 */
public final class MachineMemory {
    private final long most;
    /** Changed by whoever builds or forgets a machine, some of whom hold the lock of their trace's machines. */
    private final AtomicLong used = new AtomicLong();

    /** The one asked last at the end. */
    private final Set<Replays> users = new LinkedHashSet<>();

    /** @param most bytes */
    public MachineMemory(long most) {
        this.most = most;
    }

    /** Half of the heap. */
    public static MachineMemory ofThisProcess() {
        return new MachineMemory(Runtime.getRuntime().maxMemory() / 2);
    }

    /** Bytes that all machines may take together. */
    public long most() {
        return most;
    }

    /** Bytes that they take now. */
    public long used() {
        return used.get();
    }

    /** How many machines are asked, or waited for. */
    public synchronized int inUse() {
        return users.stream().mapToInt(Replays::inUse).sum();
    }

    synchronized void add(Replays user) {
        users.add(user);
    }

    synchronized void remove(Replays user) {
        users.remove(user);
    }

    /**
     * Takes memory for a machine. Not to be called with a lock held.
     *
     * @return false if there is none before somebody gives a machine back
     */
    synchronized boolean reserve(Replays user, long bytes) {
        if (users.remove(user)) {
            users.add(user);
        }
        for (Replays other : List.copyOf(users)) {
            while (!fits(bytes) && other.forgetOne()) {
                continue;
            }
        }
        boolean room = fits(bytes);
        used.addAndGet(room ? bytes : 0);
        return room;
    }

    /** Takes memory for a machine if there is enough without any other's being forgotten. @return whether it did */
    synchronized boolean reserveFree(long bytes) {
        boolean room = used.get() + bytes <= most;
        used.addAndGet(room ? bytes : 0);
        return room;
    }

    private boolean fits(long bytes) {
        long now = used.get();
        return now == 0 || now + bytes <= most;
    }

    void release(long bytes) {
        used.addAndGet(-bytes);
    }
}
