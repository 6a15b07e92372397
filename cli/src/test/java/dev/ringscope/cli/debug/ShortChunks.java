package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.Wiring;
import dev.ringscope.emulator.boot.Image;
import dev.ringscope.emulator.boot.MultibootLoader;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.RecordingOptions;
import dev.ringscope.trace.TraceRecorder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;

/** The demonstration guest recorded with chunks and checkpoints so short that their ends are met often. */
final class ShortChunks {
    private ShortChunks() {}

    static Path record(Path folder) throws IOException {
        Path file = folder.resolve("demo.rst");
        Machine machine = demonstration();
        TraceRecorder recorder = new TraceRecorder(
                file,
                machine.description(),
                RecordingOptions.of(Detail.FLOW, 1_000_000_000, "test").withDistances(1_000, 3_000, 5_000));
        machine.setRecorder(recorder);
        StopReason reason = machine.run(50_000_000);
        machine.end(reason);
        recorder.finish(machine.state(), OptionalInt.empty());
        return file;
    }

    private static Machine demonstration() throws IOException {
        MachineDescription description = new MachineDescription(
                "x86_64",
                1,
                4 << 20,
                0,
                Machine.standardDevices(),
                "demo",
                "demonstration",
                List.of(),
                new TreeMap<>(),
                Registers.list());
        Machine machine = new Machine(description, new byte[0], new Wiring(null), false);
        try (InputStream in = Machine.class.getResourceAsStream("guest/demo.elf")) {
            machine.load(new MultibootLoader(new Image("demo.elf", in.readAllBytes()), List.of(), "demo"));
        }
        return machine;
    }
}
