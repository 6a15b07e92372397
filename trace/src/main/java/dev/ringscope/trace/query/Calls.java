package dev.ringscope.trace.query;

import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;

/**
 * Which calls were made, and how did they end? Derived by re-execution from the trace's start on, because a call that
 * has not returned counts however long ago it was made.
 */
public final class Calls {
    /** What happened to a stack of calls. */
    public enum Kind {
        /** CALL within a ring. */
        CALL,
        /** A function was left by a jump to another one, which will return in its place. */
        TAIL_CALL,
        /** CALL through a gate to an inner ring. */
        GATE,
        /** SYSCALL or SYSENTER. */
        SYSTEM_CALL,
        /** An exception or interrupt was delivered. */
        INTERRUPT,
        /** A return to an outer ring went elsewhere than it came from, further down the stack: a signal handler. */
        SIGNAL,
        /** What had been called, or had interrupted, went back. */
        RETURN,
        /** A call ended because the stack pointer came above its return address: longjmp, a dropped address. */
        UNWIND
    }

    /**
     * A call or its end.
     *
     * @param position of the instruction that did it; of an interrupt, of the one in front of which it came
     * @param from linear address of that instruction
     * @param to linear address where execution went on
     * @param function linear address of the function that was called, or that ended
     * @param since position of the first instruction of the call; that of what follows if it is a new one
     * @param depth calls of the same ring that had not returned when it was made, 0 or more
     * @param ring of the function
     * @param root CR3 when the call was made
     * @param stack number of the stack in memory, from 0 in order of appearance
     * @param slot linear address of the return address; where the stack pointer stood in the handler for an interrupt,
     *     behind the change for another entry of a ring
     * @param vector of an interrupt, else -1
     */
    public record Call(
            long position,
            Kind kind,
            long from,
            long to,
            long function,
            long since,
            int depth,
            int ring,
            long root,
            int stack,
            long slot,
            int vector) {}

    private Calls() {}

    /**
     * @param symbols tell tail calls: a jump is one if it goes where a symbol is; without any, only returns that go to
     *     another function are known
     * @param filter its rings and roots are the called function's, its code is the calling or returning instruction,
     *     its addresses are functions
     */
    public static void list(Recording recording, Symbols symbols, Filter filter, Answers<Call> answers)
            throws IOException {
        Listing listing = new Listing(filter, filter.range().limit(answers));
        Stacks.follow(recording, filter.range().to(), symbols, Transfers.Probe.NONE, listing, new Stacks.Going() {
            @Override
            public boolean more(long position) {
                return listing.more;
            }

            @Override
            public void check() {
                answers.check();
            }
        });
    }

    private static final class Listing implements CallWatcher {
        private final Filter filter;
        private final Answers<Call> answers;
        private boolean more = true;

        Listing(Filter filter, Answers<Call> answers) {
            this.filter = filter;
            this.answers = answers;
        }

        @Override
        public void entered(Frame frame) throws IOException {
            switch (frame.kind) {
                case BASE -> {}
                case CALL -> give(Kind.CALL, frame, frame.position - 1, frame.from, frame.function);
                case GATE -> give(Kind.GATE, frame, frame.position - 1, frame.from, frame.function);
                case SYSTEM_CALL -> give(Kind.SYSTEM_CALL, frame, frame.position - 1, frame.from, frame.function);
                case SIGNAL -> give(Kind.SIGNAL, frame, frame.position - 1, frame.from, frame.function);
                case INTERRUPT -> {
                    boolean instruction = frame.from != frame.returnTo; // INT n
                    give(Kind.INTERRUPT, frame, frame.position - (instruction ? 1 : 0), frame.from, frame.function);
                }
            }
        }

        @Override
        public void left(Frame frame, End end, long position, long from, long to, Object seen) throws IOException {
            Kind kind = end == End.RETURNED ? Kind.RETURN : Kind.UNWIND;
            give(kind, frame, position - 1, from, to);
        }

        @Override
        public void replaced(Frame frame, long before, long position, long from) throws IOException {
            if (frame.kind != Frame.Kind.BASE) {
                give(Kind.TAIL_CALL, frame, position - 1, from, frame.function);
            }
        }

        private void give(Kind kind, Frame f, long position, long from, long to) throws IOException {
            boolean right = more
                    && filter.range().holds(position)
                    && filter.ring(f.ring)
                    && filter.root(f.root)
                    && (filter.vectors().isEmpty() || f.vector >= 0 && filter.vector(f.vector))
                    && filter.code(from)
                    && filter.addresses(f.function, 1);
            if (right) {
                more = answers.take(new Call(
                        position,
                        kind,
                        from,
                        to,
                        f.function,
                        f.position,
                        f.depth,
                        f.ring,
                        f.root,
                        f.stack.number,
                        f.slot,
                        f.vector));
            }
        }
    }
}
