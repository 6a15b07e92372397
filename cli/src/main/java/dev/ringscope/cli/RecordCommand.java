package dev.ringscope.cli;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.RecordingOptions;
import dev.ringscope.trace.RecordingPace;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.TraceRecorder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ringscope record}: runs a guest and records it into a trace. */
@Command(
        name = "record",
        description = "Run a guest and record everything it does.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RecordCommand implements Callable<Integer> {
    @Mixin
    private GuestOptions guest;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The trace (default: a free name after the guest's, .rst).")
    private Path output;

    @Option(
            names = "--detail",
            paramLabel = "flow|memory|full",
            converter = DetailConverter.class,
            description = "What is stored; the rest is derived when asked for (default: ${DEFAULT-VALUE}).")
    private Detail detail = Detail.FLOW;

    @Option(
            names = "--compression",
            paramLabel = "zstd|none",
            converter = CompressionConverter.class,
            description = "none lets protoc show everything (default: ${DEFAULT-VALUE}).")
    private Compression compression = Compression.ZSTD;

    @Option(names = "--force", description = "Overwrite FILE if it is there.")
    private boolean force;

    @Option(names = "--stats", description = "Say at the end how much recording held the guest up.")
    private boolean stats;

    @Mixin
    private GdbPorts gdb;

    @Override
    public Integer call() throws Exception {
        guest.check();
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
