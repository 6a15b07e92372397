package dev.ringscope.trace;

import dev.ringscope.trace.format.TraceMap.CheckpointPlace;
import dev.ringscope.trace.format.TraceMap.PagesPlace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Where the pages of each checkpoint's memory are stored: a page lies in the latest packet that holds it. */
final class Memory {
    /** A page's number and the number of a packet; in this order they are sorted. */
    private static final int PACKET_BITS = 24;

    /** Page numbers beyond are none of a machine: restoring them is refused. */
    private static final int MOST_PAGES = 1 << 28;

    private final List<CheckpointPlace> checkpoints;
    private final List<PagesPlace> packets = new ArrayList<>();
    /** The number of the first packet behind each checkpoint's. */
    private final int[] packetEnd;
    /** The number of the first packet of the last full checkpoint up to each. */
    private final int[] firstPacket;
    /** Page, then packet, of all pages in all packets, ascending. */
    private final long[] stored;

    Memory(List<CheckpointPlace> checkpoints) {
        this.checkpoints = checkpoints;
        packetEnd = new int[checkpoints.size()];
        firstPacket = new int[checkpoints.size()];
        int count = 0;
        for (int i = 0; i < packetEnd.length; i++) {
            firstPacket[i] = checkpoints.get(i).full() || i == 0 ? packets.size() : firstPacket[i - 1];
            for (PagesPlace packet : checkpoints.get(i).packets()) {
                packets.add(packet);
                count = Math.addExact(count, packet.pages().length);
            }
            packetEnd[i] = packets.size();
        }
        stored = new long[count];
        int n = 0;
        for (int packet = 0; packet < packets.size(); packet++) {
            for (long page : packets.get(packet).pages()) {
                stored[n++] = page << PACKET_BITS | packet;
            }
        }
        Arrays.parallelSort(stored);
    }

    /** All pages that any checkpoint holds. @throws IllegalArgumentException for a page that no machine has */
    BitSet all() {
        BitSet pages = new BitSet();
        Arrays.stream(stored).forEach(s -> set(pages, s >>> PACKET_BITS));
        return pages;
    }

    private static void set(BitSet pages, long page) {
        if (page < 0 || page >= MOST_PAGES) {
            throw new IllegalArgumentException("the machine has no memory at page 0x%x".formatted(page));
        }
        pages.set((int) page);
    }

    /** The packet in which a page of a checkpoint's memory lies, by its number; -1: it is zero. */
    int latest(long page, int checkpoint) {
        int packet = latestBefore(page, packetEnd[checkpoint]);
        return packet >= firstPacket[checkpoint] ? packet : -1;
    }

    PagesPlace packet(int number) {
        return packets.get(number);
    }

    /** The last packet in front of {@code end} that holds the page, or -1. */
    private int latestBefore(long page, int end) {
        int at = Arrays.binarySearch(stored, page << PACKET_BITS | end);
        int before = (at < 0 ? -at - 1 : at) - 1;
        return before >= 0 && stored[before] >>> PACKET_BITS == page
                ? (int) (stored[before] & (1 << PACKET_BITS) - 1)
                : -1;
    }

    /** The pages that may differ between two checkpoints. */
    BitSet changedBetween(int a, int b) {
        BitSet changed = new BitSet();
        for (int i = Math.min(a, b) + 1; i <= Math.max(a, b); i++) {
            for (PagesPlace packet : checkpoints.get(i).packets()) {
                Arrays.stream(packet.pages()).forEach(page -> set(changed, page));
            }
        }
        return changed;
    }

    /** Whether a full checkpoint lies between: then anything may differ. */
    boolean fullBetween(int a, int b) {
        for (int i = Math.min(a, b) + 1; i <= Math.max(a, b); i++) {
            if (checkpoints.get(i).full()) {
                return true;
            }
        }
        return false;
    }
}
