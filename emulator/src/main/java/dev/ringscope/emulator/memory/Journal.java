package dev.ringscope.emulator.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What pages of memory held at earlier moments, so that memory can be put back to them. Time is cut into segments; the
 * first write to a page in a segment saves the page. Whoever begins a segment drops the translations that writes go
 * through, so that first writes come by.
 */
public final class Journal {
    /** What a page held when a segment began. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Saved(int page, byte[] bytes) {}

    private final PhysicalMemory memory;
    private final long limit;
    private final List<List<Saved>> segments = new ArrayList<>();
    private long held;

    /** @param limit bytes it may hold: when more would be needed it forgets everything and stops */
    Journal(PhysicalMemory memory, long limit) {
        this.memory = memory;
        this.limit = limit;
    }

    /** Segments, the present one included; 0 when nothing is kept (any more). */
    public int segments() {
        return segments.size();
    }

    boolean active() {
        return !segments.isEmpty();
    }

    /** Begins a segment. */
    public void begin() {
        if (active()) {
            unmark(segments.getLast());
        }
        segments.add(new ArrayList<>());
    }

    /** Forgets everything. */
    public void clear() {
        if (active()) {
            unmark(segments.getLast());
        }
        segments.clear();
        held = 0;
    }

    private void unmark(List<Saved> segment) {
        for (Saved saved : segment) {
            memory.pageFlags[saved.page] &= ~PhysicalMemory.SAVED;
        }
    }

    /** A page is about to be written, for the first time in this segment. */
    void save(int page) {
        if (held + PhysicalMemory.PAGE > limit) {
            clear();
            return;
        }
        int from = page * PhysicalMemory.PAGE;
        held += PhysicalMemory.PAGE;
        segments.getLast().add(new Saved(page, Arrays.copyOfRange(memory.bytes, from, from + PhysicalMemory.PAGE)));
        memory.pageFlags[page] |= PhysicalMemory.SAVED;
    }

    /** The segment is merged into the one before it: the moment between them cannot be gone back to any more. */
    public void merge(int segment) {
        List<Saved> earlier = segments.get(segment - 1);
        List<Saved> later = segments.remove(segment);
        boolean present = segment == segments.size();
        int[] known = earlier.stream().mapToInt(Saved::page).sorted().toArray();
        for (Saved saved : later) {
            if (Arrays.binarySearch(known, saved.page) < 0) {
                earlier.add(saved);
            } else {
                held -= PhysicalMemory.PAGE;
            }
        }
        if (present) {
            earlier.forEach(saved -> memory.pageFlags[saved.page] |= PhysicalMemory.SAVED);
        }
    }

    /**
     * Puts memory back to the beginning of a segment, which becomes the present one, empty.
     *
     * @return the pages (indices into {@link PhysicalMemory#pageFlags}) that have been put back; some several times
     */
    public int[] rewind(int segment) {
        unmark(segments.getLast());
        int count = 0;
        for (List<Saved> undone : segments.subList(segment, segments.size())) {
            count += undone.size();
        }
        int[] pages = new int[count];
        int n = 0;
        while (segments.size() > segment) {
            for (Saved saved : segments.removeLast()) {
                System.arraycopy(saved.bytes, 0, memory.bytes, saved.page * PhysicalMemory.PAGE, PhysicalMemory.PAGE);
                pages[n++] = saved.page;
                held -= PhysicalMemory.PAGE;
            }
        }
        segments.add(new ArrayList<>());
        return pages;
    }
}
