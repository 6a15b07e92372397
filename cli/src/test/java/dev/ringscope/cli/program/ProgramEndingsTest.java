package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How sessions with programs end, and what is left of them. */
class ProgramEndingsTest {
    @TempDir
    Path folder;

    @Test
    void standardStreamsAndExitStatusAreTheProgramsOwn() throws Exception {
        Path program = Programs.compile(folder, "gdb_tour", "-O0");
        try (Served live = new Served("run", "--quiet", "--gdb", "0", program.toString(), "more")) {
            String said = Gdb.run(
                    live.address(), List.of("handle SIGUSR1 nostop pass", "continue", "print $_exitcode", "info auxv"));

            assertThat(said).contains("exited with code 01]", "$1 = 1");
            assertThat(live.output()).isEqualTo("120 28 7 14.00\n");
            assertThat(live.exitStatus()).isEqualTo(1);
        }
    }

    @Test
    void aBreakpointWhereNothingIsMappedIsRefused() throws Exception {
        Path program = Programs.compile(folder, "gdb_tour", "-O0");
        try (Served live = new Served("run", "--quiet", "--gdb", "0", program.toString())) {
            String said =
                    Gdb.run(live.address(), List.of("break *0x10", "continue", "delete", "break make", "continue"));

            assertThat(said).containsSubsequence("Cannot insert breakpoint 1.", "0x10", "Breakpoint 2, make (x=3)");
        }
    }

    @Test
    void quittingGdbEndsAProgramThatWasStartedForIt() throws Exception {
        Path program = Programs.compile(folder, "gdb_tour", "-O0");
        Path trace = folder.resolve("quit.rst");
        try (Served live = new Served("record", "--quiet", "-o", trace.toString(), "--gdb", "0", program.toString())) {
            Gdb.run(live.address(), List.of("break factorial", "continue"));

            assertThat(live.exitStatus()).isEqualTo(130);
        }
        try (Served replay = new Served("gdb", "--listen", "0", trace.toString())) {
            assertThat(Gdb.run(replay.address(), List.of("tbreak make", "continue", "backtrace 1")))
                    .contains("#0  make (x=3)");
        }
    }

    @Test
    void coreFileShowsAnotherGdbTheSame() throws Exception {
        Path program = Programs.compile(folder, "gdb_tour", "-O0");
        Path core = folder.resolve("core");
        List<String> look =
                List.of("echo <state>\\n", "backtrace", "info registers", "print table", "echo </state>\\n");
        try (Served live = new Served("run", "--quiet", "--gdb", "0", program.toString())) {
            List<String> commands =
                    new ArrayList<>(List.of("handle SIGUSR1 nostop noprint pass", "break handler", "continue"));
            commands.addAll(look);
            commands.add("generate-core-file " + core);
            String alive = Gdb.run(live.address(), commands);
            List<String> dead = new ArrayList<>(
                    List.of("set pagination off", "set width 0", "file " + program, "core-file " + core));
            dead.addAll(look);

            assertThat(alive).contains("Saved corefile", "<signal handler called>");
            assertThat(state(Gdb.execute(dead))).isEqualTo(state(alive)).contains("rip", "{1, 2, 3, 5, 8, 9}");
        }
    }

    private static String state(String said) {
        return said.substring(said.indexOf("<state>"), said.indexOf("</state>"))
                .lines()
                .filter(line -> !line.matches("k[0-7] .*"))
                .collect(Collectors.joining("\n"));
    }

    /** script(1) gives it a terminal of its own; when script dies, the terminal is gone. */
    @Test
    void endsInGoodOrderWhenItsTerminalGoesAway() throws Exception {
        boolean present = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(f -> Files.isExecutable(Path.of(f, "script")));
        if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            assertThat(present).as("script is installed").isTrue();
        }
        assumeTrue(present, "script is not installed");
        Path program = Programs.compile(folder, "gdb_tour", "-O0");
        Path trace = folder.resolve("hangup.rst");
        String command =
                String.join(" ", Served.command("record", "-o", trace.toString(), "--gdb", "0", program.toString()));
        String heeding = "exec env --default-signal=HUP " + command; // the tests themselves may run under nohup
        Process terminal = new ProcessBuilder("script", "-q", "-c", heeding, "/dev/null")
                .redirectErrorStream(true)
                .start();
        BufferedReader lines = terminal.inputReader();
        String line = lines.readLine();
        while (line != null && !line.contains("waiting for gdb on")) {
            line = lines.readLine();
        }
        assertThat(line).isNotNull();
        ProcessHandle ringscope = terminal.descendants()
                .filter(p -> p.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElseThrow();
        Gdb.run(
                line.strip().substring(line.strip().lastIndexOf(' ') + 1),
                List.of("break main", "continue", "disconnect"));

        terminal.destroyForcibly();

        ringscope.onExit().get(2, TimeUnit.MINUTES);
        try (Served replay = new Served("gdb", "--listen", "0", trace.toString())) {
            assertThat(Gdb.run(replay.address(), List.of("break main", "continue")))
                    .contains("main (argc=1");
        }
        String info = new String(
                new ProcessBuilder(Served.command("info", trace.toString()))
                        .redirectErrorStream(true)
                        .start()
                        .getInputStream()
                        .readAllBytes(),
                StandardCharsets.UTF_8);
        assertThat(info).contains("interrupted").doesNotContain("damaged");
    }
}
