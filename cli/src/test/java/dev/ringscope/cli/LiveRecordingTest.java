package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.TraceReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest that is being recorded, left in its past by stock gdb in every way that gdb knows, or killed there. */
class LiveRecordingTest {
    /** {@code user_read_demand} of demo.S, in ring 3; {@link #PRESENT} instructions retired. */
    private static final String IN_RING_3 = "0x400044";

    private static final String PRESENT = "16587";

    @TempDir
    Path folder;

    private RingscopeProcess record(Path file) throws Exception {
        return new RingscopeProcess(
                "record", "--memory", "64M", "--serial", "null", "-o", file.toString(), "--gdb", "0");
    }

    private static String goBack(String address, String... then) throws Exception {
        String[] commands = {"break *" + IN_RING_3, "continue", "delete", "reverse-stepi", "reverse-stepi"};
        String[] all = new String[commands.length + then.length];
        System.arraycopy(commands, 0, all, 0, commands.length);
        System.arraycopy(then, 0, all, commands.length, then.length);
        return Gdb.session(address, all);
    }

    @Test
    void aBreakpointAtThePresentIsMetOnTheWayBackUnlessItsConditionFails() throws Exception {
        try (RingscopeProcess guest = record(folder.resolve("met.rst"))) {
            String said = Gdb.session(
                    guest.address(),
                    "break *" + IN_RING_3,
                    "continue",
                    "reverse-stepi",
                    "continue",
                    "monitor when",
                    "reverse-stepi",
                    "condition 1 $rip == 0",
                    "continue",
                    "monitor when",
                    "kill");
            assertThat(said)
                    .containsSubsequence(
                            "Breakpoint 1, ", "Breakpoint 1, ", PRESENT, "No more reverse-execution history", PRESENT);
        }
    }

    private static void assertVerified(Path file) {
        assertThat(Cli.run("verify", file.toString()).status()).isZero();
    }

    @Test
    void theNextGdbFindsItWhereTheLastOneLeft() throws Exception {
        Path file = folder.resolve("left.rst");
        try (RingscopeProcess guest = record(file)) {
            String address = guest.address();
            goBack(address, "disconnect");
            String said = Gdb.session(
                    address,
                    "monitor when",
                    "monitor seek 100",
                    "reverse-stepi",
                    "monitor when",
                    "continue",
                    "monitor when",
                    "continue");
            assertThat(said)
                    .containsSubsequence(
                            "\n16585\n", "\n99\n", "No more reverse-execution history", PRESENT, "exited normally");
            assertThat(guest.rest()).contains("power off");
            assertThat(guest.exitStatus()).isZero();
        }
        assertVerified(file);
    }

    @Test
    void detachedInThePastItLivesOnFromThePresent() throws Exception {
        Path file = folder.resolve("detached.rst");
        try (RingscopeProcess guest = record(file)) {
            goBack(guest.address(), "detach");
            assertThat(guest.rest()).contains("power off");
            assertThat(guest.exitStatus()).isZero();
        }
        assertVerified(file);
    }

    @Test
    void killedByGdbInThePastTheRecordingEndsAtThePresent() throws Exception {
        Path file = folder.resolve("killed.rst");
        try (RingscopeProcess guest = record(file)) {
            goBack(guest.address(), "kill");
            guest.rest();
            guest.exitStatus();
        }
        assertVerified(file);
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.damage()).isEmpty();
            assertThat(trace.endPosition()).hasToString(PRESENT);
        }
    }

    @Test
    void theRecordersSuddenDeathLeavesAllThatWasLookedAt() throws Exception {
        Path file = folder.resolve("dead.rst");
        try (RingscopeProcess guest = record(file)) {
            goBack(guest.address(), "monitor when", "disconnect");
            guest.signal("KILL");
            guest.exitStatus();
        }
        assertVerified(file);
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.damage()).isNotEmpty();
            assertThat(trace.endPosition()).hasToString(PRESENT);
        }
    }

    @Test
    void aBranchLeavesFromThePastAndBothRecordingsAgree() throws Exception {
        Path file = folder.resolve("old.rst");
        Path branch = folder.resolve("branch.rst");
        try (RingscopeProcess guest = record(file)) {
            String said =
                    goBack(guest.address(), "monitor branch " + branch, "set $r15 = 0x1234", "p/x $r15", "continue");
            assertThat(said).contains("$1 = 0x1234").contains("exited normally");
            guest.rest();
            guest.exitStatus();
        }
        assertVerified(file);
        assertVerified(branch);
    }

    @Test
    void thePresentIsNotRecordedAnewByLookingAtItAgain() throws Exception {
        Path file = folder.resolve("looked.rst");
        try (RingscopeProcess guest = record(file)) {
            String[] again = new String[40];
            for (int i = 0; i < again.length; i += 2) {
                again[i] = "continue";
                again[i + 1] = "reverse-stepi";
            }
            goBack(guest.address(), again);
            guest.signal("TERM");
            guest.rest();
            guest.exitStatus();
        }
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.chunkCount()).isLessThanOrEqualTo(3);
        }
    }
}
