package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same commands to gdb natively, on a live program and on its recording: gdb on this host is the judge of what it
 * has to show.
 */
class ProgramSessionsTest {
    @TempDir
    Path folder;

    private void compare(String name, Path program, boolean recorded) throws Exception {
        Transcript transcript = Transcript.named(name);
        assertThat(transcript.natively(program)).as("natively").isEqualTo(transcript.expected());
        try (Served live = new Served("run", "--quiet", "--gdb", "0", program.toString())) {
            assertThat(transcript.remotely(live.address())).as("live").isEqualTo(transcript.expected());
            live.exitStatus();
        }
        if (recorded) {
            Path trace = Programs.record(folder, program);
            try (Served replay = new Served("gdb", "--listen", "0", trace.toString())) {
                assertThat(transcript.remotely(replay.address())).as("recorded").isEqualTo(transcript.expected());
            }
        }
    }

    @Test
    void unoptimizedProgramLooksAsNatively() throws Exception {
        compare("program-tour", Programs.compile(folder, "gdb_tour", "-O0"), true);
    }

    @Test
    void optimizedProgramLooksAsNatively() throws Exception {
        compare("program-optimized", Programs.compile(folder, "gdb_tour", "-O2"), true);
    }

    @Test
    void programIsChangedAsNatively() throws Exception {
        compare("program-changes", Programs.compile(folder, "gdb_tour", "-O0"), false);
    }

    @Test
    void signalsAndSystemCallsAreToldAsNatively() throws Exception {
        compare("program-signals", Programs.compile(folder, "gdb_signals", "-O0"), false);
    }
}
