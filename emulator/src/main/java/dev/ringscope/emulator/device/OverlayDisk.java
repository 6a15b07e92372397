package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A disk whose written sectors stay in memory, over one that is only read. They are its state: a checkpoint restores
 * what the guest had written, whatever has become of the image since. With a second disk given, writes go there too, so
 * that they outlive the run.
 */
public final class OverlayDisk implements Disk, Device {
    private final String name;
    private final Disk base;
    private final Optional<Disk> keeper;
    private final SortedMap<Long, byte[]> written = new TreeMap<>();

    /**
     * @param name {@code disk0}
     * @param keeper takes every write as well
     */
    public OverlayDisk(String name, Disk base, Optional<Disk> keeper) {
        this.name = name;
        this.base = base;
        this.keeper = keeper;
    }

    @Override
    public long sectors() {
        return base.sectors();
    }

    @Override
    public byte[] read(long sector) {
        byte[] content = written.get(sector);
        return content != null ? content : base.read(sector);
    }

    @Override
    public void write(long sector, byte[] content) {
        written.put(sector, content);
        keeper.ifPresent(disk -> disk.write(sector, content));
    }

    @Override
    public String name() {
        return name;
    }

    /** What is written stays: a reset does not clear a disk. */
    @Override
    public void reset() {}

    @Override
    public void save(StateOutput out) {
        out.put(written.size());
        written.forEach((sector, content) -> out.put(sector).put(content));
    }

    @Override
    public void load(StateInput in) {
        written.clear();
        long count = in.next();
        for (long i = 0; i < count; i++) {
            long sector = in.next();
            byte[] content = in.nextBytes();
            if (content.length != SECTOR) {
                throw new IllegalArgumentException(
                        "state of %s: sector %d has %d bytes, expected 512".formatted(name, sector, content.length));
            }
            written.put(sector, content);
        }
    }
}
