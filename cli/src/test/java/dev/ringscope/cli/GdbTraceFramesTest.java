package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** gdb's {@code tfind} through the positions of the demonstration guest's recording. */
class GdbTraceFramesTest {
    private static final String BEFORE_PAGING = "0x100021";
    private static final String IN_RING_3 = "0x400044";

    @TempDir
    Path folder;

    @Test
    void goThroughARecording() throws Exception {
        Path file = folder.resolve("demo.rst");
        assertThat(Cli.run("record", "--quiet", "--serial", "null", "-o", file.toString())
                        .status())
                .isZero();
        try (RingscopeProcess server = new RingscopeProcess("gdb", file.toString(), "--listen", "0")) {
            String said = Gdb.session(
                    server.address(),
                    "stepi",
                    "tstatus",
                    "tfind 18503",
                    "p $position",
                    "tfind start",
                    "tfind pc " + BEFORE_PAGING,
                    "p/x $cr0",
                    "tfind pc " + IN_RING_3,
                    "p $cpl",
                    "x/i $pc",
                    "tfind outside 0x400000, 0x400fff",
                    "p $cpl",
                    "tfind",
                    "tfind pc 0x1234",
                    "tfind none",
                    "p $position",
                    "stepi",
                    "p $position",
                    "detach");

            assertThat(said)
                    .contains("Collected 397556 trace frames.", "a recording of 397555 instructions")
                    .contains("$1 = 18503", "$2 = 0x11")
                    .containsSubsequence("$3 = 3", "=> 0x400044:", "Found trace frame 16588", "$4 = 0")
                    .containsSubsequence("Found trace frame 16589", "No trace frame found")
                    .containsSubsequence("No longer looking at any trace frame", "$5 = 1", "$6 = 2");
        }
    }

    @Test
    void goThroughTheRecordingThatIsBeingMade() throws Exception {
        Path file = folder.resolve("live.rst");
        try (RingscopeProcess guest = new RingscopeProcess("record", "-o", file.toString(), "--gdb", "0")) {
            String said = Gdb.session(
                    guest.address(),
                    "break *" + IN_RING_3,
                    "continue",
                    "delete",
                    "tfind start",
                    "tfind pc " + BEFORE_PAGING,
                    "p $position",
                    "tfind end",
                    "p $rip",
                    "set $r15 = 0x1234",
                    "p/x $r15",
                    "detach");

            assertThat(said).contains("$1 = 5", "$2 = (void (*)()) 0x400044", "$3 = 0x1234");
            assertThat(guest.exitStatus()).isZero();
        }
        assertThat(Cli.run("verify", file.toString()).status()).isZero();
    }
}
