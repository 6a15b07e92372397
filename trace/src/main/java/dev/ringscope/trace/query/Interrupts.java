package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;

/** Which exceptions and interrupts were delivered, and how long did their handlers take? */
public final class Interrupts {
    /**
     * A delivery.
     *
     * @param trap the event
     * @param handler linear address of the handler's first instruction
     * @param begin position of the handler's first instruction
     * @param ended whether it went back to what it had interrupted, or its stack was left for something older
     * @param returned whether that was by a return; false if it is not over, or was unwound
     * @param end position behind its last instruction; 0 if it has not ended
     * @param nesting handlers that were under way when it came, 0 or more
     * @param fromRing the ring that was interrupted
     * @param toRing the handler's
     * @param root CR3 when it was delivered
     */
    public record Interrupt(
            Event.Trap trap,
            long handler,
            long begin,
            boolean ended,
            boolean returned,
            long end,
            int nesting,
            int fromRing,
            int toRing,
            long root) {
        /**
         * Instructions from the handler's first up to and with its return, of whatever ran meanwhile; 0 if not ended.
         */
        public long duration() {
            return ended ? end - begin : 0;
        }
    }

    private Interrupts() {}

    /** @param filter its range is that of the deliveries, its rings those that were interrupted, its code where */
    public static void list(Recording recording, Filter filter, Answers<Interrupt> answers) throws IOException {
        Listing listing = listing(filter, answers);
        // a handler in the range may return behind it
        Stacks.follow(recording, Long.MAX_VALUE, new Symbols(), Transfers.Probe.NONE, listing, new Stacks.Going() {
            @Override
            public boolean more(long position) {
                return listing.interrupts.more() && (position < filter.range().to() || listing.open > 0);
            }

            @Override
            public void check() {
                answers.check();
            }
        });
        listing.finish();
    }

    static Listing listing(Filter filter, Answers<Interrupt> answers) {
        return new Listing(filter, filter.range().limit(answers));
    }

    /** Lists them while the stacks are followed; to be finished. */
    static final class Listing implements CallWatcher {
        private final Filter filter;
        private final Underway<Interrupt> interrupts;
        private int open;

        Listing(Filter filter, Answers<Interrupt> answers) {
            this.filter = filter;
            interrupts = new Underway<>(answers);
        }

        void finish() throws IOException {
            interrupts.finish();
        }

        private record Delivered(Interrupt interrupt, Underway.Entry<Interrupt> underway) {}

        @Override
        public void entered(Frame frame) throws IOException {
            Event.Trap trap = frame.trap;
            if (trap == null) {
                return;
            }
            boolean wanted = filter.range().holds(trap.position())
                    && filter.vector(trap.vector())
                    && filter.ring(frame.outerRing)
                    && filter.root(frame.root)
                    && filter.code(frame.from);
            if (wanted) {
                Interrupt interrupt = new Interrupt(
                        trap,
                        frame.function,
                        frame.position,
                        false,
                        false,
                        0,
                        nesting(frame),
                        frame.outerRing,
                        frame.ring,
                        frame.root);
                frame.delivery = new Delivered(interrupt, interrupts.begin(interrupt));
                open++;
            }
        }

        private static int nesting(Frame frame) {
            int count = 0;
            for (Frame f = frame.caller; f != null; f = f.caller) {
                count += f.kind == Frame.Kind.INTERRUPT ? 1 : 0;
            }
            return count;
        }

        @Override
        public void left(Frame frame, End how, long position, long from, long to, Object seen) throws IOException {
            if (frame.delivery instanceof Delivered(Interrupt i, Underway.Entry<Interrupt> underway)) {
                open--;
                Interrupt ended = new Interrupt(
                        i.trap,
                        i.handler,
                        i.begin,
                        true,
                        how == End.RETURNED,
                        position,
                        i.nesting,
                        i.fromRing,
                        i.toRing,
                        i.root);
                interrupts.end(underway, ended);
            }
        }
    }
}
