package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.device.Device;
import java.util.Optional;

/** The machine's devices by what they are. */
final class Parts {
    private Parts() {}

    /** The first device of a sort. */
    static <D extends Device> Optional<D> find(Guest guest, Class<D> type) {
        return guest.machine().devices().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }
}
