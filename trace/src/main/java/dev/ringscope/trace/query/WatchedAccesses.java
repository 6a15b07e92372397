package dev.ringscope.trace.query;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.DataWatch;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.query.Candidates.Stretch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Accesses to some addresses, by re-execution with their pages watched: the machine runs at full speed up to where the
 * index says that there can be one, and tells no other accesses there.
 */
abstract class WatchedAccesses<T> extends Derivation<T> implements DataWatch {
    private static final long PAGE = 4096;

    private final Candidates candidates;
    private final Touch.Space space;
    private final AddressRanges addresses;
    private List<Stretch> stretches = List.of();
    private boolean watching;
    /** The machine at work. */
    Machine machine;

    /** @param addresses whose accesses are told, and others on the same pages */
    WatchedAccesses(
            Recording recording, Range range, Candidates candidates, Touch.Space space, AddressRanges addresses) {
        super(recording, Detail.FLOW, range);
        this.candidates = candidates;
        this.space = space;
        this.addresses = addresses;
    }

    @Override
    final long narrow(long from, long to) {
        stretches = candidates.between(Math.min(to, Math.max(from, first())), to);
        return stretches.isEmpty() ? -1 : stretches.getLast().to();
    }

    @Override
    final void run(Timeline timeline, long to) {
        machine = timeline.machine();
        do {
            long at = timeline.position();
            Stretch next = next(at);
            boolean inside = next != null && next.from() <= at && (at < next.to() || at == to);
            watch(inside);
            long stop = next == null ? to : inside ? next.to() : next.from() > at ? next.from() : to;
            timeline.run(Math.min(to, Math.max(stop, at)));
        } while (timeline.position() < to);
    }

    /** The stretch that a position lies in, or the first behind it. */
    private Stretch next(long position) {
        for (Stretch stretch : stretches) {
            if (stretch.to() > position || stretch.to() == position && stretch == stretches.getLast()) {
                return stretch;
            }
        }
        return null;
    }

    @Override
    final void leave(Timeline timeline) {
        machine = timeline.machine();
        watch(false);
    }

    private void watch(boolean wanted) {
        if (wanted != watching) {
            watching = wanted;
            machine.setDataWatch(wanted ? this : DataWatch.NONE, wanted ? pages() : new int[0]);
        }
        if (wanted) {
            watched();
        }
    }

    /** The machine is about to run, watched. */
    void watched() {}

    /** The physical pages to be watched, as the machine numbers them. */
    private int[] pages() {
        if (space == Touch.Space.LINEAR) {
            return new int[0];
        }
        List<Integer> pages = new ArrayList<>();
        int count = machine.memory().pageFlags.length;
        for (int page = 0; page < count; page++) {
            if (addresses.overlaps(physical((int) (page * PAGE)), PAGE)) {
                pages.add(page);
            }
        }
        return pages.stream().mapToInt(Integer::intValue).toArray();
    }

    private long physical(int index) {
        int ram = machine.memory().ramSize();
        return index < ram ? index : machine.memory().romStart() + index - ram;
    }

    /** The physical address behind the A20 gate. */
    final long gated(long physical) {
        int index = machine.memory().index(physical);
        return index < 0 ? physical : physical(index);
    }

    @Override
    public final boolean watches(long linearPage) {
        return space == Touch.Space.LINEAR && addresses.overlaps(linearPage, PAGE);
    }

    @Override
    public final boolean watchesDevices() {
        return space == Touch.Space.PHYSICAL;
    }

    /** Instructions that had retired before the one that is being executed. */
    final long position() {
        return machine.cpu().position();
    }

    /** Bytes in pieces of at most eight that lie in aligned words, as numbers. */
    interface Pieces {
        void piece(long address, int size, long value);
    }

    static void pieces(long address, byte[] data, Pieces pieces) {
        for (int i = 0; i < data.length; ) {
            int size = (int) Math.min(8 - (address + i & 7), data.length - i);
            byte[] word = Arrays.copyOf(Arrays.copyOfRange(data, i, i + size), 8);
            pieces.piece(
                    address + i,
                    size,
                    java.nio.ByteBuffer.wrap(word)
                            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                            .getLong());
            i += size;
        }
    }
}
