package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads made by clone are gdb's threads. */
class ProgramThreadsTest {
    @TempDir
    Path folder;

    @Test
    void eachThreadStopsStepsAndIsLookedAtByItself() throws Exception {
        Programs.compile(folder, "gdb_threads", "-O0");
        Path trace = folder.resolve("threads.rst");
        Transcript transcript = Transcript.named("program-threads");
        try (Served live =
                new Served(folder, "record", "--quiet", "-o", trace.toString(), "--gdb", "0", "./gdb_threads")) {
            String shown = transcript.remotely(live.address());
            transcript.keep(shown);
            assertThat(shown).isEqualTo(transcript.expected());
            assertThat(live.output()).isEqualTo("5000 5000\n");
        }
        try (Served replay = new Served("gdb", "--listen", "0", trace.toString())) {
            String said = Gdb.run(
                    replay.address(),
                    List.of(
                            "break work",
                            "continue",
                            "continue",
                            "print $_thread",
                            "reverse-continue",
                            "print $_thread",
                            "reverse-continue"));
            assertThat(said).containsSubsequence("$1 = 3", "$2 = 2", "No more reverse-execution history");
        }
    }
}
