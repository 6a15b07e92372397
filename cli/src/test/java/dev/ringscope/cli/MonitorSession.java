package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.cli.debug.RecordedGuest;
import dev.ringscope.cli.debug.monitor.MachineCommands;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.TraceReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The monitor's commands on a recording, without gdb in between. */
final class MonitorSession implements AutoCloseable {
    private final TraceReader trace;
    private final Guest guest;
    private final List<MonitorCommand> commands;

    private MonitorSession(TraceReader trace, long position) throws IOException {
        this.trace = trace;
        guest = new RecordedGuest(trace, position);
        commands = MachineCommands.of(guest);
    }

    /** Stands at the end of a recording. */
    static MonitorSession atEnd(Path file) throws IOException {
        TraceReader trace = TraceReader.open(file);
        return new MonitorSession(trace, trace.endPosition());
    }

    /** Records a multiboot guest of {@code testdata/guests}, which for that has been assembled into the folder. */
    static Path record(Path folder, String guest) {
        Path file = folder.resolve(guest + ".rst");
        Cli.run(
                "record",
                "--quiet",
                "--serial",
                "null",
                "--memory",
                "16M",
                "--debug-exit",
                "0xf4",
                "-o",
                file.toString(),
                "--multiboot",
                folder.resolve(guest + ".elf").toString());
        assertThat(file).exists();
        return file;
    }

    /** Assembles guests, for which binutils are needed. */
    static void assemble(Path folder, String... guests) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("sh", script().toString(), folder.toString()));
        words.addAll(List.of(guests));
        Process build = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .start();
        String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(build.waitFor()).as(said).isZero();
    }

    private static Path script() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("testdata/guests/build"))) {
            folder = folder.getParent();
        }
        return folder.resolve("testdata/guests/build");
    }

    Guest guest() {
        return guest;
    }

    /** What a command answers; a refusal's text too. */
    String ask(String line) {
        return ask(commands, line);
    }

    static String ask(List<MonitorCommand> commands, String line) {
        MonitorCommand command = commands.stream()
                .filter(c -> line.equals(c.name()) || line.startsWith(c.name() + " "))
                .max(Comparator.comparingInt(c -> c.name().length()))
                .orElseThrow(() -> new AssertionError("no command for " + line));
        try {
            return command.run(null, line.substring(command.name().length()).strip());
        } catch (RefusedException e) {
            return "refused: " + e.getMessage() + "\n";
        }
    }

    @Override
    public void close() throws IOException {
        trace.close();
    }
}
