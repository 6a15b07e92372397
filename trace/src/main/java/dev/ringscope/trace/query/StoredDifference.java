package dev.ringscope.trace.query;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;

/**
 * Where what two files store of instructions and, if both do, of data accesses begins to differ. Nothing is
 * re-executed; each chunk is opened once for its flow and once for its accesses, whichever way it is cut.
 */
final class StoredDifference {
    private final StoredFlow flow;
    private final StoredFlow otherFlow;
    /** Null if one of the files stores none. */
    private final StoredAccesses accesses;

    private final StoredAccesses otherAccesses;
    private long position;

    /** Both begin at a position that both files reach. */
    StoredDifference(TraceReader one, TraceReader other, long position, Asker asker) throws IOException {
        this.position = position;
        flow = new StoredFlow(one, position, asker);
        otherFlow = new StoredFlow(other, position, asker);
        boolean both = one.detail() != Detail.FLOW && other.detail() != Detail.FLOW;
        accesses = both ? new StoredAccesses(one, position, asker) : null;
        otherAccesses = both ? new StoredAccesses(other, position, asker) : null;
    }

    /** Up to where nothing differs. */
    long position() {
        return position;
    }

    /**
     * Goes on up to a position.
     *
     * @param to what has that position is left to the next call
     * @return the position of the first difference, at which the last call stops; -1 if there is none in front of it
     */
    long next(long to) throws IOException {
        long instruction = nextInstruction(to);
        long access = accesses == null ? -1 : nextAccess(instruction < 0 ? to : instruction);
        long first = access < 0 ? instruction : access;
        position = first < 0 ? to : first;
        return first;
    }

    private long nextInstruction(long to) throws IOException {
        while (true) {
            boolean more = flow.more();
            boolean otherMore = otherFlow.more();
            if (!more && !otherMore) {
                return -1;
            }
            long at = more ? flow.position() : otherFlow.position();
            if (at >= to) {
                return -1;
            }
            if (!more || !otherMore) {
                return at;
            }
            int count = (int) Math.min(Math.min(flow.left(), otherFlow.left()), to - at);
            int same = flow.same(otherFlow, count);
            if (same < count) {
                return at + same;
            }
            flow.skip(count);
            otherFlow.skip(count);
        }
    }

    private long nextAccess(long to) throws IOException {
        while (true) {
            long at = Math.min(accesses.position(), otherAccesses.position());
            if (at >= to) {
                return -1;
            }
            if (accesses.position() != otherAccesses.position() || !accesses.same(otherAccesses)) {
                return at;
            }
            accesses.next();
            otherAccesses.next();
        }
    }
}
