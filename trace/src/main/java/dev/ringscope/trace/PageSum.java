package dev.ringscope.trace;

import dev.ringscope.emulator.Snapshot;
import dev.ringscope.trace.format.PageGroups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The checksum of some pages as they are when a chunk ends, worked out while the guest runs on: by the encoder's
 * thread, or by the guest's before it writes one of them, whichever comes first.
 */
final class PageSum implements Runnable {
    private final byte[] memory;
    private final int[] places;
    private boolean done;
    private int crc;

    private PageSum(Snapshot snapshot, long[] pages) {
        places = snapshot.pageIndices(pages);
        memory = snapshot.memory();
        snapshot.beforeWrite(pages, this);
    }

    /** Sums of groups of pages, as they are now. */
    static List<PageSum> of(Snapshot snapshot, long[] pages) {
        List<PageSum> sums = new ArrayList<>();
        for (int from = 0; from < pages.length; from += PageGroups.PAGES) {
            int to = Math.min(pages.length, from + PageGroups.PAGES);
            sums.add(new PageSum(snapshot, Arrays.copyOfRange(pages, from, to)));
        }
        return sums;
    }

    @Override
    public synchronized void run() {
        if (!done) {
            CRC32C sum = new CRC32C();
            for (int place : places) {
                sum.update(memory, place, PageGroups.PAGE);
            }
            crc = (int) sum.getValue();
            done = true;
        }
    }

    /** CRC-32C of the pages, one behind the other. */
    int crc() {
        run();
        return crc;
    }

    /** How many they are. */
    int bytes() {
        return places.length * PageGroups.PAGE;
    }
}
