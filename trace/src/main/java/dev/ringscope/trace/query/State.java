package dev.ringscope.trace.query;

import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.trace.Timeline;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What did the registers hold at a position? */
public final class State {
    /**
     * The processor at a position.
     *
     * @param time virtual time in nanoseconds
     * @param registers values by name, in the trace's order: as many longs as the bits need, from the low end
     */
    public record Registers(long position, long time, Snapshot.Context context, Map<String, long[]> registers) {}

    private State() {}

    /** Moves the timeline there. */
    public static Registers at(Timeline timeline, long position) throws IOException {
        timeline.seek(position);
        Snapshot snapshot = timeline.machine().state();
        long[] words = snapshot.registers(0);
        List<Register> description = timeline.trace().machine().registers();
        Map<String, long[]> registers = new LinkedHashMap<>();
        int at = 0;
        for (Register register : description) {
            registers.put(register.name(), java.util.Arrays.copyOfRange(words, at, at + register.words()));
            at += register.words();
        }
        return new Registers(position, snapshot.time(), snapshot.contexts().getFirst(), registers);
    }
}
