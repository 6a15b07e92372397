package dev.ringscope.trace.export;

/**
 * A line of a time-line picture, or a group of lines.
 *
 * @param number from 1 on, in the order in which they are shown
 * @param unit of a counter; else empty
 * @param group to which it belongs; null for a group
 */
record Track(int number, Kind kind, String name, String unit, Track group) {
    enum Kind {
        GROUP,
        /** Slices that nest, and instants. */
        SLICES,
        COUNTER
    }

    @Override
    public int hashCode() {
        return number;
    }
}
