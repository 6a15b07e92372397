package dev.ringscope.cli.report;

import dev.ringscope.emulator.Event;
import java.io.IOException;

/** How many events of each sort happened in each bucket, and how long the processor slept. */
final class Activity implements Section {
    private final Buckets buckets;
    private final long[] traps;
    private final long[] updates;
    private final long[] ports;
    private final long[] devices;
    private final long[] inputs;
    private final long[] slept;

    Activity(Buckets buckets) {
        this.buckets = buckets;
        traps = new long[buckets.count()];
        updates = new long[buckets.count()];
        ports = new long[buckets.count()];
        devices = new long[buckets.count()];
        inputs = new long[buckets.count()];
        slept = new long[buckets.count()];
    }

    @Override
    public String name() {
        return "activity";
    }

    @Override
    public void see(Event event) {
        int bucket = buckets.at(event.position());
        switch (event) {
            case Event.Trap _ -> traps[bucket]++;
            case Event.TableUpdate _ -> updates[bucket]++;
            case Event.PortAccess _ -> ports[bucket]++;
            case Event.DeviceAccess _ -> devices[bucket]++;
            case Event.Input _ -> inputs[bucket]++;
            case Event.Halt e -> slept[bucket] += e.until() - e.from();
            case Event.RingChange _, Event.SystemRegisterWrite _, Event.TranslationFlush _, Event.End _ -> {}
        }
    }

    @Override
    public void write(ScriptJson out) throws IOException {
        out.object()
                .put("traps", traps)
                .put("updates", updates)
                .put("ports", ports)
                .put("devices", devices)
                .put("inputs", inputs)
                .put("slept", slept)
                .endObject();
    }
}
