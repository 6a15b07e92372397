package dev.ringscope.trace;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.trace.format.PageGroups;
import dev.ringscope.trace.format.TraceMap.PagesPlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.LinkedHashMap;

/**
 * Gives a machine the memory that it had at a checkpoint, each page when it is needed for the first time: what runs for
 * some milliseconds needs few of them, and most stay those of a checkpoint restored long before.
 */
final class CheckpointMemory implements PhysicalMemory.PageSource {
    /** So many packets are kept open, at most: neighbouring pages tend to be needed one after the other. */
    private static final int MOST_PACKETS = 256;

    private static final long MOST_BYTES = 32 << 20;
    private static final byte[] ZERO = new byte[PageGroups.PAGE];

    private final TraceReader trace;
    private final Machine machine;
    private final PhysicalMemory memory;
    private final Runnable look;
    private Memory stored;
    /** The checkpoint restored last, -1 at first; memory differs from it in what was written since. */
    private int checkpoint = -1;

    /** The one used last at the end. */
    private final LinkedHashMap<PagesPlace, PageGroups> packets = new LinkedHashMap<>(16, 0.75f, true);

    private long packetBytes;

    /** @param look run before a page is fetched; an instruction that repeats itself may need thousands */
    CheckpointMemory(TraceReader trace, Machine machine, Runnable look) {
        this.trace = trace;
        this.machine = machine;
        this.look = look;
        memory = machine.memory();
        memory.setSource(this);
        grown();
    }

    /** The trace has more checkpoints now. */
    void grown() {
        stored = trace.memory();
    }

    /**
     * From now on memory holds what it held at that checkpoint. The TLBs are to be flushed.
     *
     * @throws IllegalArgumentException if the machine has no such memory
     */
    void restore(int number) {
        BitSet pages;
        if (checkpoint < 0) { // all zero as yet
            pages = stored.all();
        } else {
            pages = stored.changedBetween(checkpoint, number);
            for (long page : machine.state().takeChangedPages()) {
                pages.set((int) page);
            }
            if (stored.fullBetween(checkpoint, number)) {
                pages.or(stored.all());
            }
        }
        for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(page + 1)) {
            memory.expect(page);
        }
        checkpoint = number;
    }

    @Override
    public void fetch(int page) {
        look.run();
        int packet = stored.latest(page, checkpoint);
        if (packet < 0) {
            memory.supply(page, ZERO, 0);
            return;
        }
        try {
            open(stored.packet(packet))
                    .giveGroup(
                            page,
                            other -> stored.latest(other, checkpoint) == packet && memory.expects(other),
                            memory::supply);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PageGroups open(PagesPlace place) throws IOException {
        PageGroups known = packets.get(place);
        if (known == null) {
            known = trace.pages(place);
            packets.put(place, known);
            packetBytes += known.bytes();
            while (packets.size() > 1 && (packets.size() > MOST_PACKETS || packetBytes > MOST_BYTES)) {
                packetBytes -= packets.pollFirstEntry().getValue().bytes();
            }
        }
        return known;
    }
}
