package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.VirtualTime;
import java.util.function.LongUnaryOperator;

/**
 * The timer of a local APIC (Intel SDM vol. 3A, 12.5.4): one-shot, periodic, or at a value of the TSC. Its bus clock
 * has 1 GHz, one cycle per nanosecond of virtual time.
 */
final class ApicTimer {
    static final int ONE_SHOT = 0, PERIODIC = 1, TSC_DEADLINE = 2;

    private final VirtualTime time;
    private final LongUnaryOperator timeOfTsc;
    private final Runnable expired;
    private final VirtualTime.Timer timer;

    private int mode;
    private int divide;
    private long initialCount;
    /** When {@link #initialCount} was in the counter. */
    private long start;

    private boolean running;
    private long deadline;

    /**
     * @param timeOfTsc virtual time at which the time-stamp counter has a value
     * @param expired called each time the count reaches zero, or the TSC its deadline
     */
    ApicTimer(VirtualTime time, LongUnaryOperator timeOfTsc, Runnable expired) {
        this.time = time;
        this.timeOfTsc = timeOfTsc;
        this.expired = expired;
        timer = time.timer("apic", this::fire);
    }

    void reset() {
        mode = ONE_SHOT;
        divide = 0;
        initialCount = 0;
        stop();
    }

    private void stop() {
        running = false;
        deadline = 0;
        timer.cancel();
    }

    /** Going to or from TSC-deadline mode disarms the timer; between the others the count goes on. */
    void setMode(int newMode) {
        if (newMode != mode && (newMode == TSC_DEADLINE || mode == TSC_DEADLINE)) {
            initialCount = 0;
            stop();
        }
        mode = newMode;
    }

    int divideConfiguration() {
        return divide;
    }

    /** Bits 0, 1 and 3 choose 2, 4, ... 128, or 1. */
    void setDivideConfiguration(int value) {
        long remaining = currentCount();
        divide = value & 0xb;
        if (running) {
            start = time.now() - (initialCount - remaining) * divisor();
            timer.at(start + initialCount * divisor());
        }
    }

    private long divisor() {
        int code = divide >> 1 & 4 | divide & 3;
        return code == 7 ? 1 : 2L << code;
    }

    long initialCount() {
        return initialCount;
    }

    /** Starts counting down from 0..2^32-1; 0 stops. Ignored in TSC-deadline mode. */
    void setInitialCount(long count) {
        if (mode == TSC_DEADLINE) {
            return;
        }
        stop();
        initialCount = count;
        if (count != 0) {
            start = time.now();
            running = true;
            timer.at(start + count * divisor());
        }
    }

    long currentCount() {
        return running ? Math.max(0, initialCount - (time.now() - start) / divisor()) : 0;
    }

    /** IA32_TSC_DEADLINE: zero when disarmed or in another mode. */
    long tscDeadline() {
        return deadline;
    }

    /** Writes IA32_TSC_DEADLINE: zero disarms, a value that is past fires at once. Ignored in the other modes. */
    void setTscDeadline(long tsc) {
        if (mode != TSC_DEADLINE) {
            return;
        }
        deadline = tsc;
        tscChanged();
    }

    /** The time-stamp counter was written: the deadline lies elsewhere in time now. */
    void tscChanged() {
        if (mode == TSC_DEADLINE) {
            timer.at(deadline == 0 ? Long.MAX_VALUE : Math.max(time.now(), timeOfTsc.applyAsLong(deadline)));
        }
    }

    private void fire() {
        if (mode == TSC_DEADLINE) {
            deadline = 0;
        } else if (mode == PERIODIC) {
            long period = initialCount * divisor();
            start += (time.now() - start) / period * period;
            timer.at(start + period);
        } else {
            running = false;
        }
        expired.run();
    }

    void save(StateOutput out) {
        out.put(mode).put(divide).put(initialCount).put(start).put(running).put(deadline);
    }

    void load(StateInput in) {
        mode = in.nextInt();
        divide = in.nextInt();
        initialCount = in.next();
        start = in.next();
        running = in.nextBoolean();
        deadline = in.next();
    }
}
