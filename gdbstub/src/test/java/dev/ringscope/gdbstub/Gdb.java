package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A stock gdb for a test, with no settings of anybody's: one script of commands, and what it printed. */
final class Gdb {
    private static final Path PROGRAM = Path.of("/usr/bin/gdb");
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final BufferedReader output;
    private final List<String> lines = new ArrayList<>();

    private Gdb(List<String> arguments) throws IOException {
        if (!Files.isExecutable(PROGRAM)) {
            if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
                fail("gdb is missing, which ./check installs");
            }
            assumeTrue(false, "gdb is not installed");
        }
        List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), "-nx", "-q"));
        command.addAll(arguments);
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Runs the commands, one after the other, and gives back all that was printed. */
    static String script(String... commands) throws Exception {
        Gdb gdb = new Gdb(Stream.of(commands)
                .flatMap(c -> Stream.of("-ex", c))
                .collect(Collectors.collectingAndThen(Collectors.toList(), list -> {
                    list.addFirst("-batch");
                    return list;
                })));
        gdb.process.getOutputStream().close();
        return gdb.end();
    }

    /** A gdb that waits for commands. */
    static Gdb interactive() throws IOException {
        return new Gdb(List.of("-ex", "set confirm off", "-ex", "set pagination off"));
    }

    /** Types commands. */
    Gdb type(String... commands) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((String.join("\n", commands) + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
        return this;
    }

    /** Presses ^C. */
    void interrupt() throws Exception {
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Reads on until a line contains {@code text}. */
    Gdb expect(String text) throws IOException {
        String line;
        while ((line = output.readLine()) != null) {
            lines.add(line);
            if (line.contains(text)) {
                return this;
            }
        }
        return fail("gdb ended before it printed '" + text + "':\n" + String.join("\n", lines));
    }

    /** Types quit and gives back all that was printed. */
    String quit() throws Exception {
        type("quit");
        return end();
    }

    private String end() throws Exception {
        Thread watchdog = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                // It has ended in time.
            }
        });
        output.lines().forEach(lines::add);
        process.waitFor();
        watchdog.interrupt();
        return String.join("\n", lines);
    }
}
