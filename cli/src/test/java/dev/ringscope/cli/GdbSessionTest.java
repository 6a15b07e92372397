package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stock gdb on the demonstration guest: live, and on its recording, forwards and backwards. */
class GdbSessionTest {
    /** Loads CR3: paging is off. */
    private static final String BEFORE_PAGING = "0x100021";
    /** {@code user_read_demand} of demo.S reads a page that is not present, in ring 3. */
    private static final String IN_RING_3 = "0x400044";
    /** Its page-table entry. */
    private static final String ENTRY = "0x106020";

    @TempDir
    Path folder;

    @Test
    void debugsALiveGuestWhoseRecordingThenAgrees() throws Exception {
        Path file = folder.resolve("live.rst");
        try (RingscopeProcess guest = new RingscopeProcess("record", "-o", file.toString(), "--gdb", "0")) {
            String said = Gdb.session(
                    guest.address(),
                    "break *" + BEFORE_PAGING,
                    "continue",
                    "p/x $cr0 & 0x80000000",
                    "stepi",
                    "p $rip",
                    "break *" + IN_RING_3,
                    "continue",
                    "p $cpl",
                    "monitor gva2gpa 0x404000",
                    "delete",
                    "watch *(long *) " + ENTRY,
                    "continue",
                    "monitor why",
                    "set $r15 = 0x1234",
                    "p/x $r15",
                    "delete",
                    "detach");

            assertThat(said)
                    .contains("Breakpoint 1, 0x0000000000100021")
                    .contains("$1 = 0x0")
                    .contains("$2 = (void (*)()) 0x100026")
                    .contains("Breakpoint 2, 0x0000000000400044")
                    .contains("$3 = 3")
                    .contains("a page-table entry is not present")
                    .contains("Old value = 0")
                    .contains("New value = 1101831")
                    .contains("error code 0x4, address 0x404000")
                    .contains("$4 = 0x1234")
                    .contains("detached");
            assertThat(guest.rest()).contains("power off").contains("Next:");
            assertThat(guest.exitStatus()).isZero();
        }
        assertThat(Cli.run("verify", file.toString()).status()).isZero();
    }

    @Test
    void debugsARecordingForwardsAndBackwards() throws Exception {
        Path file = folder.resolve("demo.rst");
        assertThat(Cli.run("record", "--quiet", "--serial", "null", "-o", file.toString())
                        .status())
                .isZero();
        try (RingscopeProcess server = new RingscopeProcess("gdb", file.toString(), "--listen", "0")) {
            String address = server.address();

            String said = Gdb.session(
                    address,
                    "break *" + IN_RING_3,
                    "continue",
                    "p $cpl",
                    "stepi",
                    "p $cpl",
                    "reverse-stepi",
                    "p $rip",
                    "delete",
                    "watch *(long *) " + ENTRY,
                    "continue",
                    "monitor when",
                    "reverse-continue",
                    "monitor when",
                    "delete",
                    "continue",
                    "reverse-continue",
                    "p $rip",
                    "monitor seek 50%",
                    "detach");

            assertThat(said)
                    .contains("$1 = 3")
                    .contains("$2 = 0")
                    .contains("$3 = (void (*)()) 0x400044")
                    .containsSubsequence(
                            "New value = 1101831", "18503", "Old value = 1101831", "New value = 0", "18502")
                    .containsSubsequence("No more reverse-execution history", "No more reverse-execution history")
                    .contains("$4 = (void (*)()) 0x100010")
                    .contains("position 198777");
            assertThat(Gdb.session(address, "set $rax = 1")).contains("this is a recording: it cannot be changed");
            server.signal("INT");
            assertThat(server.exitStatus()).isZero();
        }
    }

    @Test
    void ctrlCEndsARecordingInGoodOrder() throws Exception {
        Path file = folder.resolve("interrupted.rst");
        try (RingscopeProcess guest = new RingscopeProcess("record", "-o", file.toString(), "--gdb", "0")) {
            Gdb.session(guest.address(), "stepi 1000", "disconnect");
            guest.signal("INT");

            assertThat(guest.rest()).contains("interrupted after 1,000 instructions");
            assertThat(guest.exitStatus()).isEqualTo(ExitStatus.INTERRUPTED);
        }
        assertThat(Cli.run("verify", file.toString()).err()).contains("re-executed 1,000 instructions");
    }
}
