package dev.ringscope.cli.debug;

/**
 * A point in a machine's time between two steps. Several can have the same position, because neither a faulting
 * instruction nor an interrupt retires.
 *
 * @param position instructions retired so far
 * @param traps exceptions and interrupts that were taken at this position so far
 */
record Moment(long position, int traps) implements Comparable<Moment> {
    @Override
    public int compareTo(Moment other) {
        int byPosition = Long.compare(position, other.position);
        return byPosition != 0 ? byPosition : Integer.compare(traps, other.traps);
    }

    boolean before(Moment other) {
        return compareTo(other) < 0;
    }

    /** The moment when the instruction in front of a position has just retired. */
    static Moment first(long position) {
        return new Moment(position, 0);
    }
}
