package dev.ringscope.emulator;

import dev.ringscope.emulator.device.ByteSink;
import dev.ringscope.emulator.device.Disk;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a machine's wires lead outside: what its serial ports and debug console send, its disks' images, and who
 * answers what it asks.
 */
public final class Wiring {
    /** What a line leads to that has nobody at its other end. */
    private static final ByteSink NOBODY = value -> {};

    private final Map<String, ByteSink> sinks = new HashMap<>();
    private final Map<String, Disk> images = new HashMap<>();
    private final Map<String, Disk> keepers = new HashMap<>();
    private final Outside outside;

    /** @param outside who answers questions; null: the real world */
    public Wiring(Outside outside) {
        this.outside = outside;
    }

    /** Connects the output of {@code com1}..{@code com4} or {@code debugcon}. */
    public Wiring connect(String device, ByteSink sink) {
        sinks.put(device, sink);
        return this;
    }

    /**
     * Puts an image behind {@code disk0} or {@code disk1}; a replay has none.
     *
     * @param keepsWrites what the guest writes goes into the image too, not only into memory
     */
    public Wiring connect(String device, Disk image, boolean keepsWrites) {
        images.put(device, image);
        if (keepsWrites) {
            keepers.put(device, image);
        }
        return this;
    }

    Optional<Disk> image(String device) {
        return Optional.ofNullable(images.get(device));
    }

    Optional<Disk> keeper(String device) {
        return Optional.ofNullable(keepers.get(device));
    }

    ByteSink sink(String device) {
        return sinks.getOrDefault(device, NOBODY);
    }

    Outside outside(Outside.InputSink inputs) {
        return outside == null ? Outside.live(inputs) : outside;
    }
}
