package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that is being recorded can go back from its end: it stops before the call that makes it exit. */
class ProgramExitTest {
    private static final String ABOUT_TO = "The program is about to exit with status 1.";
    private static final List<String> PASS = List.of("handle SIGUSR1 nostop noprint pass", "break factorial");

    @TempDir
    Path folder;

    private Path program;

    @BeforeEach
    void compile() throws IOException, InterruptedException {
        program = Programs.compile(folder, "gdb_tour", "-O0");
    }

    private Served recording() throws IOException {
        String trace = folder.resolve("exit.rst").toString();
        return new Served("record", "--quiet", "-o", trace, "--gdb", "0", program.toString(), "more");
    }

    private static String session(Served live, String... commands) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(PASS);
        all.addAll(List.of(commands));
        return Gdb.run(live.address(), all);
    }

    @Test
    void atItsEndTheProgramCanGoBackAndThenExits() throws Exception {
        try (Served live = recording()) {
            String said = session(
                    live,
                    "continue",
                    "delete",
                    "continue",
                    "tbreak factorial",
                    "reverse-continue",
                    "continue",
                    "continue");

            assertThat(said)
                    .containsSubsequence(
                            "Breakpoint 1, factorial",
                            ABOUT_TO,
                            "No more reverse-execution history.",
                            "_exit",
                            "Temporary breakpoint 2, factorial",
                            "No more reverse-execution history.",
                            "_exit",
                            "exited with code 01]");
            assertThat(live.exitStatus()).isEqualTo(1);
        }
        try (Served replay =
                new Served("gdb", "--listen", "0", folder.resolve("exit.rst").toString())) {
            assertThat(Gdb.run(replay.address(), List.of(PASS.getFirst(), "continue", "reverse-stepi")))
                    .contains("No more reverse-execution history.")
                    .doesNotContain(ABOUT_TO);
        }
    }

    @Test
    void stepsAreStoppedToo() throws Exception {
        try (Served live = recording()) {
            String said = session(live, "delete", "break _exit", "continue", "delete", "stepi 100", "stepi 100");

            assertThat(said).containsSubsequence("Breakpoint 2", ABOUT_TO, "exited with code 01]");
        }
    }

    @Test
    void theStopCanBeTurnedOff() throws Exception {
        try (Served live = recording()) {
            String said = session(
                    live,
                    "delete",
                    "monitor stop-at-exit",
                    "monitor stop-at-exit never",
                    "monitor stop-at-exit off",
                    "continue");

            assertThat(said)
                    .containsSubsequence("stop-at-exit is on", "takes on or off", "stop-at-exit is off", "code 01]")
                    .doesNotContain(ABOUT_TO);
        }
    }

    @Test
    void aDetachedProgramRunsToItsEndFromThereAndFromThePast() throws Exception {
        for (List<String> way : List.of(List.of("continue"), List.of("continue", "reverse-stepi"), List.of("stepi"))) {
            List<String> commands = new ArrayList<>(List.of("delete"));
            commands.addAll(way);
            commands.add("detach");
            try (Served live = recording()) {
                session(live, commands.toArray(String[]::new));

                assertThat(live.exitStatus()).as("%s", way).isEqualTo(1);
                assertThat(live.output()).contains("120 28 7 14.00");
            }
            Files.delete(folder.resolve("exit.rst"));
        }
    }

    @Test
    void aProgramThatNobodyRecordsExitsAtOnce() throws Exception {
        try (Served live = new Served("run", "--quiet", "--gdb", "0", program.toString(), "more")) {
            assertThat(session(live, "delete", "continue"))
                    .contains("exited with code 01]")
                    .doesNotContain(ABOUT_TO);
        }
    }
}
