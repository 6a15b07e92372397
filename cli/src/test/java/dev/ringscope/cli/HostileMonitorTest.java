package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every monitor command with every argument that nobody means, typed into stock gdb: none breaks the stub, and the
 * guest stands where it stood.
 */
class HostileMonitorTest {
    private static final List<String> COMMANDS = List.of(
            "break-if",
            "break-on",
            "break-physical",
            "delete-on",
            "delete-physical",
            "disas",
            "first-write",
            "frame-base",
            "gva2gpa",
            "help",
            "info",
            "info idt",
            "info irq",
            "info pagetables",
            "info tlb",
            "info version",
            "kaslr",
            "last-write",
            "mode",
            "nonsense",
            "p",
            "physical-memory",
            "print",
            "processes",
            "rings",
            "seek",
            "step-interrupts",
            "symbols",
            "traps",
            "watch-physical",
            "when",
            "why",
            "x",
            "x/4xb",
            "xp/-1xb",
            "xp/99999999xg");

    private static final List<String> ARGUMENTS = List.of(
            "-1 -1 -1",
            "99999999999999999999",
            "0xffffffffffffffff",
            "18446744073709551615 9223372036854775807",
            "$nope",
            "((((((((",
            "1/0",
            "/",
            "/0",
            "= = =",
            "\u00e9\u4e2d\ud83d\ude00",
            "'\"\\%s%n{}",
            "x".repeat(10_000),
            "(".repeat(10_000));

    @TempDir
    Path folder;

    private static String[] session() {
        List<String> lines = new ArrayList<>(List.of("stepi", "monitor when", "echo begin\\n"));
        for (String command : COMMANDS) {
            for (String argument : ARGUMENTS) {
                lines.add("monitor " + command + " " + argument);
            }
        }
        lines.addAll(List.of(
                "monitor",
                "monitor delete-physical",
                "monitor delete-on",
                "monitor break-if off",
                "monitor physical-memory off",
                "echo end\\n",
                "monitor when",
                "kill"));
        return lines.toArray(String[]::new);
    }

    private static void assertUnbroken(String said) {
        assertThat(said)
                .doesNotContainPattern("[a-z]Exception|[a-z]Error\\b|java\\.|internal error")
                .doesNotContain("Protocol error", "connection closed");
        assertThat(said.substring(0, said.indexOf("begin\n"))).endsWith("1\n");
        assertThat(said.substring(said.indexOf("\nend\n"))).startsWith("\nend\n1\n");
    }

    @Test
    void aLiveGuestStandsIt() throws Exception {
        try (RingscopeProcess guest = new RingscopeProcess("run", "--serial", "null", "--gdb", "0")) {
            assertUnbroken(Gdb.session(guest.address(), session()));
        }
    }

    @Test
    void aRecordingStandsIt() throws Exception {
        Path file = folder.resolve("demo.rst");
        assertThat(Cli.run("record", "--quiet", "--serial", "null", "-o", file.toString())
                        .status())
                .isZero();
        try (RingscopeProcess server = new RingscopeProcess("gdb", file.toString(), "--listen", "0")) {
            assertUnbroken(Gdb.session(server.address(), session()));
        }
    }

    @Test
    void aGuestThatIsBeingRecordedStandsIt() throws Exception {
        Path file = folder.resolve("live.rst");
        try (RingscopeProcess guest =
                new RingscopeProcess("record", "--serial", "null", "-o", file.toString(), "--gdb", "0")) {
            assertUnbroken(Gdb.session(guest.address(), session()));
        }
    }
}
