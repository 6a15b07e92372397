package dev.ringscope.cli;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.insn.QuickCompilation;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.RecordingOptions;
import dev.ringscope.trace.RecordingPace;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.TraceRecorder;
import dev.ringscope.trace.format.ChunkEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ringscope record}: runs a guest and records it into a trace. */
final class RecordCommand implements Callable<Integer> {
    private final GuestOptions guest = new GuestOptions();
    private Path output;
    private Detail detail = Detail.FLOW;
    private Compression compression = Compression.ZSTD;
    private boolean force;
    private boolean stats;
    private final GdbPorts gdb = new GdbPorts();

    CommandSpec describe() {
        CommandModel model = new CommandModel("record", "Run a guest and record everything it does.", this);
        guest.addTo(model);
        model.path("-o", "--output")
                .label("FILE")
                .described("The trace (default: a free name after the guest's, .rst).")
                .into(null, v -> output = v);
        model.option(Detail.class, "--detail")
                .label("flow|memory|full")
                .read(new DetailConverter())
                .described("What is stored; the rest is derived when asked for (default: ${DEFAULT-VALUE}).")
                .into(detail, v -> detail = v);
        model.option(Compression.class, "--compression")
                .label("zstd|none")
                .read(new CompressionConverter())
                .described("none lets protoc show everything (default: ${DEFAULT-VALUE}).")
                .into(compression, v -> compression = v);
        model.flag("--force", "Overwrite FILE if it is there.", v -> force = v);
        model.flag("--stats", "Say at the end how much recording held the guest up.", v -> stats = v);
        gdb.addTo(model);
        return model.withHelp();
    }

    @Override
    public Integer call() throws Exception {
        guest.check();
        QuickCompilation.keepFromC2(ChunkEncoder.onceAChunk()); // busy for less time than C2 takes for them
        try (GuestSetup setup = new GuestSetup(guest)) {
            Path file = output == null ? freeName(setup.name()) : OutputFile.check(output, force);
            RecordingOptions options =
                    options(detail).withOverwrite(force).withCompression(compression == Compression.ZSTD);
            try (GuestConsole console = new GuestConsole(guest.serial)) {
                return record(setup, console, file, options);
            }
        }
    }

    /** How this program records, beginning now. */
    static RecordingOptions options(Detail detail) {
        return RecordingOptions.of(detail, Instant.now().getEpochSecond(), new Main.Version().getVersion()[0]);
    }

    private int record(GuestSetup setup, GuestConsole console, Path file, RecordingOptions options) throws Exception {
        Machine machine = setup.start(console.wire(), detail != Detail.FLOW);
        TraceRecorder recorder = new TraceRecorder(file, machine.description(), options);
        try (GuestRun run = new GuestRun(machine, guest, console, recorder, gdb.given())) {
            if (detail == Detail.FULL) {
                machine.noteRegisters();
            }
            run.progress().bytes(recorder::bytes);
            console.connect(machine, !setup.readsStandardInput());
            StopReason reason = run.run(gdb);
            finish(recorder, machine, reason);
            int status = run.finish(reason);
            if (stats) {
                System.err.println(told(recorder.pace()));
            }
            if (!guest.quiet) {
                try (TraceReader trace = TraceReader.open(file)) {
                    System.err.print(new TraceSummary(trace).withNextSteps());
                }
            }
            return status;
        } finally {
            recorder.abandon();
        }
    }

    private static void finish(TraceRecorder recorder, Machine machine, StopReason reason) {
        boolean exited = reason == StopReason.EXIT;
        machine.end(reason);
        recorder.finish(machine.state(), exited ? OptionalInt.of(machine.exitStatus()) : OptionalInt.empty());
    }

    private static String told(RecordingPace pace) {
        String text = "recorder: the guest stood still %.2f ms at most for a checkpoint, %.2f ms on average of %,d; "
                + "it waited %.2f s for the encoder";
        return text.formatted(
                pace.longestStop() / 1e6,
                pace.stops() / 1e6 / Math.max(1, pace.checkpoints()),
                pace.checkpoints(),
                pace.waiting() / 1e9);
    }

    /** NAME.rst, or NAME-2.rst and so on if that is taken. */
    private static Path freeName(String name) {
        Path file = Path.of(name + ".rst");
        for (int n = 2; Files.exists(file); n++) {
            file = Path.of(name + "-" + n + ".rst");
        }
        return file;
    }
}
