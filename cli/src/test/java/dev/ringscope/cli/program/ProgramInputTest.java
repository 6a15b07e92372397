package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that waits for its standard input is interrupted, called into and resumed; its recording is the same. */
@Timeout(240)
class ProgramInputTest {
    @TempDir
    Path folder;

    private Path trace;
    private Process live;
    private Process gdb;

    @BeforeEach
    void start() throws Exception {
        Path program = Programs.compile(folder, "gdb_input", "-O0");
        trace = folder.resolve("input.rst");
        live = new ProcessBuilder(Served.command(
                        "record", "--quiet", "-o", trace.toString(), "--gdb", "0", "--", program.toString()))
                .start();
    }

    @AfterEach
    void end() {
        for (Process process : new Process[] {gdb, live}) {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    /** gdb continues, is interrupted while the program waits, and gives these commands. */
    private BufferedReader interrupted(String... commands) throws Exception {
        String waiting = live.errorReader().readLine();
        List<String> words = new ArrayList<>(List.of("gdb", "-nx", "-q", "-batch", "-ex", "set width 0"));
        words.addAll(List.of("-ex", "target remote " + waiting.substring(waiting.lastIndexOf(' ') + 1)));
        words.addAll(List.of("-ex", "continue"));
        for (String command : commands) {
            words.addAll(List.of("-ex", command));
        }
        gdb = new ProcessBuilder(words).redirectErrorStream(true).start();
        assertThat(live.getInputStream().read()).isEqualTo('>');
        Process kill = new ProcessBuilder("kill", "-INT", String.valueOf(gdb.pid())).start();
        assertThat(kill.waitFor()).isZero();
        return gdb.inputReader();
    }

    private void type(String text) throws IOException {
        live.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        live.getOutputStream().close();
    }

    @Test
    void interruptedWhileItWaitsItIsCalledIntoAndWaitsOn() throws Exception {
        BufferedReader said = interrupted(
                "handle SIGSEGV nostop noprint", // for the return to the stack, which may not be executed
                "print half(7)",
                "print $fiseg = 0x7fff",
                "print $fioff = 0x12345678",
                "print half(5)",
                "info registers fiseg fioff",
                "echo type\\n",
                "continue",
                "continue");
        StringBuilder before = new StringBuilder();
        for (String line = said.readLine(); !"type".equals(line); line = said.readLine()) {
            assertThat(line).as("gdb said: %s", before).isNotNull();
            before.append(line).append('\n');
        }
        type("ab");
        String after = String.join("\n", said.lines().toList());

        assertThat(before).contains("Program received signal SIGINT", "$1 = 3.5", "$4 = 2.5");
        assertThat(before).contains("0x7fff ", "0x12345678 ").doesNotContain("Could not");
        assertThat(after).contains("exited with code 02]");
        assertThat(live.waitFor()).isEqualTo(2);
        try (Served replay = new Served("gdb", "--listen", "0", trace.toString())) {
            assertThat(Gdb.run(replay.address(), List.of("tbreak done", "continue")))
                    .contains("done (count=2)");
        }
    }
}
