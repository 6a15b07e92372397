package dev.ringscope.trace;

import dev.ringscope.trace.format.TraceMap.CheckpointPlace;
import dev.ringscope.trace.format.TraceMap.PagesPlace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Where the pages of each checkpoint's memory are stored: a page lies in the latest packet that holds it. Made once for
 * a trace; safe for several threads.
 */
final class Memory {
    /** Physical memory ends at 4 GiB. Page numbers beyond are none of a machine: restoring them is refused. */
    private static final int MOST_PAGES = 1 << 20;

    private final List<CheckpointPlace> checkpoints;
    private final List<PagesPlace> packets = new ArrayList<>();
    /** The number of the first packet behind each checkpoint's. */
    private final int[] packetEnd;
    /** The number of the first packet of the last full checkpoint up to each. */
    private final int[] firstPacket;
    /** Where each page's part of {@link #holders} begins; one more at the end. */
    private final int[] starts;
    /** For one page after the other the packets that hold it, ascending. */
    private final int[] holders;

    private BitSet all;

    Memory(List<CheckpointPlace> checkpoints) {
        this.checkpoints = checkpoints;
        packetEnd = new int[checkpoints.size()];
        firstPacket = new int[checkpoints.size()];
        int most = 0;
        for (int i = 0; i < packetEnd.length; i++) {
            firstPacket[i] = checkpoints.get(i).full() || i == 0 ? packets.size() : firstPacket[i - 1];
            for (PagesPlace packet : checkpoints.get(i).packets()) {
                packets.add(packet);
                for (long page : packet.pages()) { // those beyond are told when somebody restores them
                    most = page >= most && page < MOST_PAGES ? (int) page + 1 : most;
                }
            }
            packetEnd[i] = packets.size();
        }
        starts = new int[most + 1];
        holders = new int[count()];
        fill();
    }

    /** Counts what each page's part will hold, one place to the right. @return all of it */
    private int count() {
        int count = 0;
        for (PagesPlace packet : packets) {
            for (long page : packet.pages()) {
                if (page >= 0 && page < starts.length - 1) {
                    starts[(int) page + 1]++;
                    count = Math.addExact(count, 1);
                }
            }
        }
        for (int page = 1; page < starts.length; page++) {
            starts[page] += starts[page - 1];
        }
        return count;
    }

    private void fill() {
        int[] next = starts.clone();
        for (int packet = 0; packet < packets.size(); packet++) {
            for (long page : packets.get(packet).pages()) {
                if (page >= 0 && page < starts.length - 1) {
                    holders[next[(int) page]++] = packet;
                }
            }
        }
    }

    /**
     * All pages that any checkpoint holds; not to be changed.
     *
     * @throws IllegalArgumentException for a page that no machine has
     */
    synchronized BitSet all() {
        if (all == null) {
            BitSet pages = new BitSet(starts.length);
            packets.forEach(packet -> set(pages, packet));
            all = pages;
        }
        return all;
    }

    private static void set(BitSet pages, PagesPlace packet) {
        for (long page : packet.pages()) {
            if (page < 0 || page >= MOST_PAGES) {
                throw new IllegalArgumentException("the machine has no memory at page 0x%x".formatted(page));
            }
            pages.set((int) page);
        }
    }

    /** The packet in which a page of a checkpoint's memory lies, by its number; -1: it is zero. */
    int latest(long page, int checkpoint) {
        if (page >= starts.length - 1) {
            return -1;
        }
        int from = starts[(int) page];
        int at = Arrays.binarySearch(holders, from, starts[(int) page + 1], packetEnd[checkpoint]);
        int before = (at < 0 ? -at - 1 : at) - 1;
        return before >= from && holders[before] >= firstPacket[checkpoint] ? holders[before] : -1;
    }

    PagesPlace packet(int number) {
        return packets.get(number);
    }

    /** The pages that may differ between two checkpoints. */
    BitSet changedBetween(int a, int b) {
        BitSet changed = new BitSet();
        for (int i = Math.min(a, b) + 1; i <= Math.max(a, b); i++) {
            checkpoints.get(i).packets().forEach(packet -> set(changed, packet));
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
