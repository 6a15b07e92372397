package dev.ringscope.emulator;

import dev.ringscope.emulator.device.ByteSink;
import java.util.HashMap;
import java.util.Map;

/** Where a machine's wires lead outside: what its serial ports and debug console send, and who answers what it asks. */
public final class Wiring {
    private final Map<String, ByteSink> sinks = new HashMap<>();
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

    ByteSink sink(String device) {
        return sinks.getOrDefault(device, ByteSink.NOTHING);
    }

    Outside outside(Outside.InputSink inputs) {
        return outside == null ? Outside.live(inputs) : outside;
    }
}
