package dev.ringscope.trace.query;

import dev.ringscope.trace.query.Accesses.Access;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The data accesses of instructions, until it is their turn to be told: of each the first {@link #MOST}, because one
 * that repeats itself makes any number.
 */
final class StepAccesses {
    static final int MOST = 1 << 12;

    private final Filter filter;
    private final Deque<Made> waiting = new ArrayDeque<>();

    /** What an instruction did. */
    static final class Made {
        private final long position;
        final List<Access> first = new ArrayList<>();
        /** Accesses behind those. */
        long more;
        /** Of all that they did. */
        int moreDigest;
        /** One of them all touched an address that is wanted. */
        boolean wanted;

        private Made(long position) {
            this.position = position;
        }
    }

    StepAccesses(Filter filter) {
        this.filter = filter;
    }

    /** The next access; positions ascend. */
    void add(Access access) {
        Made made = waiting.peekLast();
        if (made == null || made.position != access.position()) {
            made = new Made(access.position());
            waiting.add(made);
        }
        made.wanted |= filter.addresses(access.address(), access.size());
        if (made.first.size() < MOST) {
            made.first.add(access);
        } else {
            made.more++;
            made.moreDigest = 31 * made.moreDigest + access.hashCode();
        }
    }

    /** What the instruction at a position did; positions ascend. */
    Made take(long position) {
        Made made = waiting.peek();
        while (made != null && made.position < position) {
            waiting.remove();
            made = waiting.peek();
        }
        return made == null || made.position > position ? new Made(position) : waiting.remove();
    }
}
