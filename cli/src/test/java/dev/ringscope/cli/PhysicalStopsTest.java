package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Breakpoints and watchpoints on physical addresses and on events, under stock gdb, forwards and backwards. */
class PhysicalStopsTest {
    /** {@code user_read_demand} of demo.S in ring 3, and where its page lies. */
    private static final String CODE = "0x400044";

    private static final String CODE_PHYSICAL = "0x108044";
    /** The page-table entry of 0x404000, mapped one to one. */
    private static final String ENTRY = "0x106020";

    @TempDir
    Path folder;

    @Test
    void stopLiveWithALineThatSaysWhy() throws Exception {
        try (RingscopeProcess guest = new RingscopeProcess("run", "--gdb", "0", "--serial", "null")) {
            String said = Gdb.session(
                    guest.address(),
                    "monitor break-physical " + CODE_PHYSICAL,
                    "monitor watch-physical " + ENTRY + " 8 w",
                    "continue",
                    "p $rip",
                    "break *0x100250",
                    "continue",
                    "continue",
                    "monitor info breakpoints",
                    "monitor delete-physical",
                    "monitor info breakpoints",
                    "delete",
                    "monitor break-on cr3",
                    "monitor break-on ring-change 3->0",
                    "continue",
                    "kill");

            assertThat(said)
                    .containsSubsequence(
                            "physical breakpoint 1 at " + CODE_PHYSICAL,
                            "Program received signal SIGTRAP",
                            "$1 = (void (*)()) " + CODE,
                            "Breakpoint 1, 0x0000000000100250",
                            "write of 8 bytes at 0x106020 through 0x106020, value 0x10d007",
                            "Program received signal SIGTRAP",
                            "physical breakpoint 1 at " + CODE_PHYSICAL,
                            "physical watchpoint 2: writes of 8 bytes at 0x106020",
                            "no physical breakpoints",
                            "event breakpoint 1 on cr3",
                            "event breakpoint 2 on ring-change 3->0:",
                            "ring 3 -> 0",
                            "Program received signal SIGTRAP");
        }
    }

    @Test
    void stopARecordingForwardsAndBackwards() throws Exception {
        Path file = folder.resolve("demo.rst");
        assertThat(Cli.run("record", "--quiet", "--serial", "null", "-o", file.toString())
                        .status())
                .isZero();
        try (RingscopeProcess server = new RingscopeProcess("gdb", file.toString(), "--listen", "0")) {
            String said = Gdb.session(
                    server.address(),
                    "monitor break-on system-register cr3",
                    "continue",
                    "monitor when",
                    "monitor delete-on 1",
                    "monitor seek 50%",
                    "maintenance flush register-cache",
                    "monitor watch-physical " + ENTRY,
                    "reverse-continue",
                    "monitor when",
                    "monitor disas /1",
                    "monitor delete-physical",
                    "monitor break-physical " + CODE_PHYSICAL,
                    "reverse-continue",
                    "p $rip",
                    "monitor delete-physical",
                    "monitor break-on vector 14",
                    "reverse-continue",
                    "monitor disas /1",
                    "monitor break-on nonsense",
                    "monitor watch-physical 0xf0000000",
                    "detach");

            assertThat(said)
                    .containsSubsequence(
                            "event breakpoint 1 on system-register cr3:",
                            "cr3  0x0 -> 0x103000",
                            "\n7\n",
                            "position 198777",
                            "physical watchpoint 1",
                            "value 0x10d007",
                            "\n18502\n",
                            "=> 0x00000000001003d8  48890425",
                            "physical breakpoint 2 at " + CODE_PHYSICAL,
                            "= (void (*)()) " + CODE,
                            "vector 0x0e",
                            "=> 0x0000000000400031",
                            "expected ring-change",
                            "there is no memory at physical address 0xf0000000");
        }
    }
}
