package dev.ringscope.trace.dataflow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Some bytes that were written in one moment, and what they were made of, by {@link Location}s in front of it.
 *
 * @param written none twice
 * @param values what went into it; with {@link Shape#COPY} one
 * @param conditions what decided whether or how it was written
 * @param leaf where it comes from if that is nothing of these
 * @param detail of the leaf: a port's or device's address, an instruction's name
 */
@SuppressWarnings("ArrayRecordComponent")
record Flow(long[] written, Shape shape, List<long[]> values, List<long[]> conditions, Leaf leaf, String detail) {
    /** Which bytes of the values a written byte depends on. */
    enum Shape {
        /** The one at the same place; behind the value's end there are zeros. */
        COPY,
        /** The same, but behind the value's end there is its sign. */
        SIGNED,
        /** In the reverse order. */
        REVERSED,
        /** Those at the same place of all values. */
        BYTEWISE,
        /** Those up to the same place. */
        UPWARD,
        /** Those in the same two bytes. */
        WORDS,
        /** Those in the same four bytes. */
        DOUBLEWORDS,
        /** Those in the same eight bytes. */
        QUADWORDS,
        /** As many values as written bytes: each depends on its own. */
        EACH,
        /** All. */
        WHOLE
    }

    private static final long[] NOTHING = {};

    Flow {
        values = List.copyOf(values);
        conditions = List.copyOf(conditions);
    }

    static Flow of(long[] written, Shape shape, long[]... values) {
        return new Flow(written, shape, List.of(values), List.of(), Leaf.NONE, "");
    }

    static Flow of(long[] written, Shape shape, List<long[]> values) {
        return new Flow(written, shape, values, List.of(), Leaf.NONE, "");
    }

    /** From nothing but the instruction itself. */
    static Flow constant(long[] written) {
        return of(written, Shape.WHOLE);
    }

    static Flow leaf(long[] written, Leaf leaf, String detail) {
        return new Flow(written, Shape.WHOLE, List.of(), List.of(), leaf, detail);
    }

    /** Each written byte with its own sources, by its place. */
    static Flow each(long[] written, IntFunction<long[]> sources) {
        List<long[]> values = new ArrayList<>();
        for (int n = 0; n < written.length; n++) {
            values.add(sources.apply(n));
        }
        return of(written, Shape.EACH, values);
    }

    Flow under(long[]... all) {
        return new Flow(written, shape, values, List.of(all), leaf, detail);
    }

    /** The place of a location among those written, or -1. */
    int find(long location) {
        for (int n = 0; n < written.length; n++) {
            if (written[n] == location) {
                return n;
            }
        }
        return -1;
    }

    /** What the written byte at a place depends on. */
    long[] sources(int place) {
        return switch (shape) {
            case COPY -> place < values.getFirst().length ? one(values.getFirst()[place]) : NOTHING;
            case SIGNED -> one(values.getFirst()[Math.min(place, values.getFirst().length - 1)]);
            case REVERSED -> one(values.getFirst()[values.getFirst().length - 1 - place]);
            case BYTEWISE -> within(place, place);
            case UPWARD -> within(0, place);
            case WORDS -> within(place & ~1, place | 1);
            case DOUBLEWORDS -> within(place & ~3, place | 3);
            case QUADWORDS -> within(place & ~7, place | 7);
            case EACH -> values.get(place);
            case WHOLE -> within(0, Integer.MAX_VALUE);
        };
    }

    private static long[] one(long location) {
        return new long[] {location};
    }

    private long[] within(int first, int last) {
        return values.stream()
                .flatMapToLong(bytes -> java.util.Arrays.stream(
                        bytes, Math.min(first, bytes.length), (int) Math.min(bytes.length, last + 1L)))
                .toArray();
    }
}
