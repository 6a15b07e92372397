package dev.ringscope.trace.query;

import dev.ringscope.trace.query.CallTree.Kind;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * In which calls is the processor, moment by moment? One stack for the whole processor: below a system call's or
 * interrupt's handler is what it came from, in whatever ring. Where another thread goes on, its calls take the place of
 * all that it does not share.
 */
public final class RunningCalls {
    /** A step from one stack to the next. */
    public sealed interface Change {
        long position();

        /**
         * A call on top of those that are open; it was made here, or is gone on with.
         *
         * @param kind {@code FUNCTION}, {@code ENTRY}, {@code INTERRUPT} or {@code SIGNAL}
         * @param function linear address of what was called, or of what ran when its stack was seen first
         * @param vector of an interrupt, else -1
         * @param root CR3 when the call was made
         * @param since position of its first instruction
         * @param systemCall the call that a program of ring 3 made by it, read as Linux has it; else empty
         */
        record Enter(
                long position,
                Kind kind,
                long function,
                int vector,
                int ring,
                long root,
                long since,
                Optional<SystemCalls.Made> systemCall)
                implements Change {}

        /** The one entered last and not left: it ended, or waits. */
        record Leave(long position) implements Change {}
    }

    private RunningCalls() {}

    /**
     * Lists the steps within a range: first what is open at its start, last what is at its end.
     *
     * @param symbols see {@link Calls#list}
     */
    public static void list(Recording recording, Symbols symbols, Range range, Answers<Change> answers)
            throws IOException {
        Showing showing = new Showing(range, answers);
        CallStacks stacks = new CallStacks(Stacks.starts(symbols), showing);
        Transfers.list(recording, range.to(), Stacks.starts(symbols), SystemCalls::look, new Answers<Transfer>() {
            @Override
            public boolean take(Transfer transfer) throws IOException {
                stacks.accept(transfer);
                return showing.more;
            }

            @Override
            public void check() {
                answers.check();
            }
        });
        stacks.finish();
        showing.close(0);
    }

    private static final class Showing implements CallWatcher {
        /** A call that is shown, and its place. */
        private record Open(int place) {}

        private final Range range;
        private final Answers<Change> answers;
        private final List<Open> open = new ArrayList<>();
        private final List<Frame> path = new ArrayList<>();
        /** The places from this on do not show what is there any more. */
        private int stale = Integer.MAX_VALUE;

        private long position;
        private boolean more = true;

        Showing(Range range, Answers<Change> answers) {
            this.range = range;
            this.answers = answers;
        }

        @Override
        public void ran(Frame frame, long from, long to) throws IOException {
            long first = Math.max(from, range.from());
            long end = Math.min(to, range.to());
            if (first < end && more) {
                show(frame, first);
                position = end;
            }
        }

        @Override
        public void replaced(Frame frame, long before, long at, long from) {
            if (isShown(frame)) {
                stale = ((Open) frame.tag).place;
            }
        }

        private boolean isShown(Frame frame) {
            return frame.tag instanceof Open shown
                    && shown.place < Math.min(stale, open.size())
                    && open.get(shown.place) == shown;
        }

        private void show(Frame frame, long at) throws IOException {
            position = at;
            path.clear();
            Frame shared = frame;
            while (shared != null && !isShown(shared)) {
                path.add(shared);
                shared = shared.caller;
            }
            close(shared == null ? 0 : ((Open) shared.tag).place + 1);
            stale = Integer.MAX_VALUE;
            for (Frame next : path.reversed()) {
                Open shown = new Open(open.size());
                next.tag = shown;
                open.add(shown);
                give(enter(next));
            }
        }

        private Change enter(Frame frame) {
            Kind kind = switch (frame.kind) {
                case BASE, CALL -> Kind.FUNCTION;
                case GATE, SYSTEM_CALL -> Kind.ENTRY;
                case INTERRUPT -> Kind.INTERRUPT;
                case SIGNAL -> Kind.SIGNAL;
            };
            return new Change.Enter(
                    position,
                    kind,
                    frame.function,
                    frame.vector,
                    frame.ring,
                    frame.root,
                    frame.position,
                    SystemCalls.made(frame));
        }

        void close(int places) throws IOException {
            while (open.size() > places) {
                open.removeLast();
                give(new Change.Leave(position));
            }
        }

        private void give(Change change) throws IOException {
            more = more && answers.take(change);
        }
    }
}
