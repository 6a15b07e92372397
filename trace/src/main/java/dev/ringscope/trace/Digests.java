package dev.ringscope.trace;

import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.proto.trace.v1.StateDigest;
import java.util.ArrayList;
import java.util.List;

/** Says in which part two states differ. */
final class Digests {
    private Digests() {}

    static String difference(MachineDescription machine, StateDigest recorded, StateDigest replayed) {
        List<String> parts = new ArrayList<>();
        if (!recorded.getProcessorsList().equals(replayed.getProcessorsList())) {
            parts.add("the processor");
        }
        for (int i = 0; i < machine.devices().size(); i++) {
            boolean both = i < recorded.getDevicesCount() && i < replayed.getDevicesCount();
            if (!both || recorded.getDevices(i) != replayed.getDevices(i)) {
                parts.add(machine.devices().get(i).name());
            }
        }
        if (recorded.getMemory() != replayed.getMemory()) {
            parts.add("the memory that was written");
        }
        return "the state of " + String.join(", ", parts) + " differs at the end of the chunk";
    }
}
