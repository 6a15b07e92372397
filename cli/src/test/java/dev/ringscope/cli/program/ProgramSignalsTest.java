package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program gets of a signal that gdb has held up. */
class ProgramSignalsTest {
    @TempDir
    Path folder;

    @Test
    void aFunctionCalledAtASignalsStopDoesNotChangeWhatTheSignalSays() throws Exception {
        Path program = Programs.compile(folder, "stops", "-O0");
        try (Served live = new Served("run", "--quiet", "--gdb", "0", program.toString())) {
            String said = Gdb.run(
                    live.address(),
                    List.of(
                            "continue",
                            "print $_siginfo._sifields._kill.si_pid == getpid()",
                            "continue",
                            "print $_siginfo.si_signo",
                            "kill"));

            assertThat(said).containsSubsequence("SIGUSR1", "$1 = 1", "SIGSEGV", "$2 = 11");
            assertThat(live.output()).startsWith("signal 10, code 0, from process 0\n");
        }
    }
}
