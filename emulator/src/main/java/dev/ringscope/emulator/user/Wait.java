package dev.ringscope.emulator.user;

import java.util.OptionalLong;
import java.util.function.Supplier;

/** What a thread waits for in a system call; its methods work out what the call then gives. */
interface Wait {
    /** Virtual time at which it ends by itself, {@link Long#MAX_VALUE}: never. */
    long until();

    /** The result if what it waits for has come. @throws Errno if it has come to an error */
    OptionalLong ready();

    /** The result when the time is over. @throws Errno that it gives then */
    long expired();

    /** A signal's handler will run and the call give EINTR. @param now virtual time */
    default void interrupted(long now) {}

    /** Whether the call is made again after a handler with SA_RESTART. */
    boolean restarts();

    /** Thrown by a system call that must wait. */
    final class Needed extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Wait wait;

        Needed(Wait wait) {
            super("a wait", null, false, false);
            this.wait = wait;
        }

        Wait needed() {
            return wait;
        }
    }

    /**
     * Tries again whenever something may have changed.
     *
     * @param attempt gives the result, or nothing yet
     * @param atEnd the result when the time is over
     */
    record Retry(long until, Supplier<OptionalLong> attempt, long atEnd, boolean restarts) implements Wait {
        @Override
        public OptionalLong ready() {
            return attempt.get();
        }

        @Override
        public long expired() {
            if (atEnd < 0) {
                throw new Errno((int) -atEnd);
            }
            return atEnd;
        }
    }

    /** Time alone, or a signal. */
    record Sleep(long until, java.util.function.LongConsumer putRest) implements Wait {
        @Override
        public OptionalLong ready() {
            return OptionalLong.empty();
        }

        @Override
        public long expired() {
            return 0;
        }

        @Override
        public void interrupted(long now) {
            putRest.accept(Math.max(0, until - now));
        }

        @Override
        public boolean restarts() {
            return false;
        }
    }
}
