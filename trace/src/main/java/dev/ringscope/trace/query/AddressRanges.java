package dev.ringscope.trace.query;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A set of addresses: unsigned, in ranges that neither overlap nor touch, ascending. */
public final class AddressRanges {
    /**
     * Addresses next to each other.
     *
     * @param last the last one that belongs to it: 0xffff_ffff_ffff_ffff is possible
     */
    public record Span(long first, long last) {
        public Span {
            if (Long.compareUnsigned(last, first) < 0) {
                throw new IllegalArgumentException(
                        "a range of addresses that ends before it begins: 0x%x to 0x%x".formatted(first, last));
            }
        }

        /** @param size bytes, 1 or more, not beyond the last address */
        public static Span of(long first, long size) {
            return new Span(first, first + size - 1);
        }
    }

    private final long[] firsts;
    private final long[] lasts;

    private AddressRanges(List<Span> spans) {
        firsts = spans.stream().mapToLong(Span::first).toArray();
        lasts = spans.stream().mapToLong(Span::last).toArray();
    }

    public static AddressRanges of(List<Span> spans) {
        List<Span> sorted = new ArrayList<>(spans);
        sorted.sort(Comparator.comparing(Span::first, Long::compareUnsigned));
        List<Span> merged = new ArrayList<>();
        for (Span span : sorted) {
            Span before = merged.isEmpty() ? null : merged.getLast();
            // a range that ends at the last address of all touches everything behind it
            if (before == null || before.last != -1 && Long.compareUnsigned(span.first, before.last + 1) > 0) {
                merged.add(span);
            } else {
                long last = Long.compareUnsigned(span.last, before.last) > 0 ? span.last : before.last;
                merged.set(merged.size() - 1, new Span(before.first, last));
            }
        }
        return new AddressRanges(merged);
    }

    public boolean contains(long address) {
        return overlaps(address, 1);
    }

    /** Whether one of these bytes belongs to the set. What goes beyond the last address goes on at 0. */
    public boolean overlaps(long address, long size) {
        long last = address + size - 1;
        return Long.compareUnsigned(last, address) < 0 ? meets(address, -1) || meets(0, last) : meets(address, last);
    }

    private boolean meets(long first, long last) {
        int low = 0;
        int high = lasts.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(lasts[middle], first) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < firsts.length && Long.compareUnsigned(firsts[low], last) <= 0;
    }

    /** The ranges, ascending. */
    public List<Span> spans() {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < firsts.length; i++) {
            spans.add(new Span(firsts[i], lasts[i]));
        }
        return List.copyOf(spans);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressRanges ranges && ranges.spans().equals(spans());
    }

    @Override
    public int hashCode() {
        return spans().hashCode();
    }

    @Override
    public String toString() {
        return String.join(
                ",",
                spans().stream()
                        .map(s -> "0x%x..0x%x".formatted(s.first, s.last))
                        .toList());
    }
}
