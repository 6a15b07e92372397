package dev.ringscope.emulator.user;

import java.util.Optional;
import java.util.OptionalLong;

/** How the waits of the program's threads end: by what they wait for, by time, or by a signal. */
final class Waits {
    private static final long END_OF_TIME = Long.MAX_VALUE / 2;

    private final LinuxProcess process;
    private final Scheduler scheduler;

    Waits(LinuxProcess process, Scheduler scheduler) {
        this.process = process;
        this.scheduler = scheduler;
    }

    /**
     * Ends a thread's wait if what it waits for has come, its time is over, or a signal is there; also if a debugger
     * has sent the thread elsewhere.
     */
    void tryToEnd(Task task, Wait wait) {
        if (isElsewhere(task)) {
            task.wake();
            return;
        }
        try {
            OptionalLong ready = wait.ready();
            if (ready.isPresent()) {
                wake(task, ready.getAsLong());
            } else if (wait.until() <= process.now()) {
                wake(task, wait.expired());
            } else if (process.breaksOffInput() && process.standsStill()) {
                task.wake();
                callAgain(process.frame(task));
                process.inputBrokenOff();
            } else if (task.signals().interrupt()) {
                task.interrupt();
            }
        } catch (Errno e) {
            wake(task, -e.number);
        }
    }

    private boolean isElsewhere(Task task) {
        return process.frame(task).get(Frame.RIP) != task.waitsAt();
    }

    private void wake(Task task, long result) {
        task.wake();
        process.setResult(task, result);
    }

    /**
     * All threads wait: time jumps to that moment, or to a timer that comes earlier.
     *
     * @return false if that is never
     */
    boolean passTime(long until) {
        IntervalTimers timers = process.timers();
        long next = Math.min(until, timers.nextInSleep());
        if (next >= END_OF_TIME) {
            return false;
        }
        timers.slept(Math.max(0, next - process.now()));
        process.sleepUntil(next);
        timers.expire(process.now(), process.shared());
        return true;
    }

    /**
     * What a signal has interrupted goes on, since no handler runs.
     *
     * @return whether there was something
     */
    boolean goOn() {
        boolean elsewhere = isElsewhere(process.task());
        Optional<Wait> interrupted = process.task().takeInterrupted().filter(wait -> !elsewhere);
        interrupted.ifPresent(wait -> {
            scheduler.wait(process.task(), wait);
            process.frame().notReturned();
        });
        return interrupted.isPresent();
    }

    /** A handler is about to run: what its signal has interrupted ends, or is done again afterwards. */
    void endInterrupted(boolean restart) {
        boolean elsewhere = isElsewhere(process.task());
        Optional<Wait> interrupted = process.task().takeInterrupted().filter(wait -> !elsewhere);
        if (interrupted.isEmpty()) {
            return;
        }
        Frame frame = process.frame();
        if (restart && interrupted.get().restarts()) {
            callAgain(frame);
            return;
        }
        process.setResult(process.task(), -Errno.EINTR);
        try {
            interrupted.get().interrupted(process.now());
        } catch (Errno e) {
            process.setResult(process.task(), -e.number);
        }
    }

    /** The thread makes its system call once more. */
    private static void callAgain(Frame frame) {
        frame.set(Frame.RAX, frame.get(Frame.ERROR));
        frame.set(Frame.RIP, frame.get(Frame.RIP) - 2); // SYSCALL and INT 0x80 have two bytes
    }
}
