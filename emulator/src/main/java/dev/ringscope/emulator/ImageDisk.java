package dev.ringscope.emulator;

import dev.ringscope.emulator.device.Disk;
import java.util.Optional;

/**
 * A disk image as the guest sees it: each sector is asked for once, when it is first read, and recorded, so that a
 * replay needs no image. It is only read; what the guest writes lies over it.
 *
 * @param name the disk's name, under which its sectors are recorded
 * @param live the image, empty in a replay
 */
record ImageDisk(String name, long sectors, Outside outside, Optional<Disk> live) implements Disk {
    @Override
    public byte[] read(long sector) {
        return outside.ask(
                name,
                sector,
                () -> live.orElseThrow(() -> new IllegalStateException("no image is connected to " + name))
                        .read(sector));
    }

    @Override
    public void write(long sector, byte[] content) {
        throw new UnsupportedOperationException("the image of " + name + " is only read");
    }
}
