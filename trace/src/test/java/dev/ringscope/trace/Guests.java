package dev.ringscope.trace;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.Wiring;
import dev.ringscope.emulator.boot.Image;
import dev.ringscope.emulator.boot.MultibootLoader;
import dev.ringscope.emulator.x86.Registers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Records real guests. */
public final class Guests {
    private Guests() {}

    /** A machine with the built-in demonstration guest loaded. */
    public static Machine demonstration(boolean logged) throws IOException {
        MachineDescription description = new MachineDescription(
                "x86_64",
                1,
                16 << 20,
                0,
                Machine.standardDevices(),
                "demo",
                "demonstration",
                List.of(),
                new TreeMap<>(),
                Registers.list());
        Machine machine = new Machine(description, new byte[0], new Wiring(null), logged);
        try (InputStream in = Machine.class.getResourceAsStream("guest/demo.elf")) {
            machine.load(new MultibootLoader(new Image("demo.elf", in.readAllBytes()), List.of(), "demo"));
        }
        return machine;
    }

    /** Records the demonstration guest to its end, with short chunks and near checkpoints. */
    public static Path demonstration(Path file, Detail detail) throws IOException {
        return demonstration(file, options(detail), _ -> {});
    }

    public static RecordingOptions options(Detail detail) {
        return RecordingOptions.of(detail, 1_000_000_000, "test").withDistances(10_000, 50_000, 100_000);
    }

    /** @param before what is done with the machine before it runs */
    public static Path demonstration(Path file, RecordingOptions options, Consumer<Machine> before) throws IOException {
        return demonstration(file, options, before, 50_000_000);
    }

    /** @param most instructions that are recorded */
    static Path demonstration(Path file, RecordingOptions options, Consumer<Machine> before, long most)
            throws IOException {
        Machine machine = demonstration(options.detail() != Detail.FLOW);
        TraceRecorder recorder = new TraceRecorder(file, machine.description(), options);
        machine.setRecorder(recorder);
        if (options.detail() == Detail.FULL) {
            machine.noteRegisters();
        }
        before.accept(machine);
        StopReason reason = machine.run(most);
        machine.end(reason);
        recorder.finish(machine.state(), OptionalInt.empty());
        return file;
    }
}
