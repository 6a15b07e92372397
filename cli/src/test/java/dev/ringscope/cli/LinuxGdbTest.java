package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.SystemCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stock Linux kernel under stock gdb: stopped by address before paging is on, in the kernel's own mapping, and in a
 * ring-3 program; and on the recording of that boot the same places show the same registers and memory. System calls
 * and faults of that recording end where the ring changes say.
 */
class LinuxGdbTest {
    /** Without the kernel's self-tests of its ciphers /init comes after 0.4 instead of 1.4 G instructions. */
    private static final String COMMAND_LINE = "console=ttyS0 nokaslr cryptomgr.notests";

    private static final String LIMIT = "700000000";

    @TempDir
    static Path folder;

    private static Path file;

    private static List<String> guest() {
        return List.of(
                "--serial",
                "null",
                "--kernel",
                Linux.kernel().toString(),
                "--initrd",
                Linux.initramfs().toString(),
                "--append",
                COMMAND_LINE,
                "--max-instructions",
                LIMIT);
    }

    @BeforeAll
    static void record() {
        file = folder.resolve("linux.rst");
        assertThat(Cli.run(words(List.of("record", "--quiet", "-o", file.toString()), guest()))
                        .status())
                .isEqualTo(ExitStatus.LIMIT);
    }

    @Test
    void systemCallsAndFaultsEndWhenTheirThreadGoesBackToRing3() throws IOException {
        try (Recording recording = Recording.open(file)) {
            ReturnsToRing3 returns = new ReturnsToRing3(recording);
            long forks = returns.calls.stream()
                    .filter(call -> call.name().orElse("").equals("clone"))
                    .filter(call -> call.result().orElse(0) > 0)
                    .count();

            assertThat(forks).isGreaterThan(5);
            // who begins does not end an entry: init, and every process that was made
            assertThat(returns.outward).hasSize((int) forks + 1);
            assertThat(returns.calls).extracting(call -> call.name().orElse("")).contains("execve", "rt_sigreturn");
            // what never returned: of those that wait at the limit one each, and yes, which SIGPIPE ends
            assertThat(returns.open())
                    .extracting(call -> call.name().orElse(""))
                    .containsOnly("exit_group", "wait4", "write", "read");
            assertThat(returns.open().stream()
                            .filter(call -> !call.name().orElse("").equals("exit_group"))
                            .map(SystemCalls.SystemCall::stack))
                    .doesNotHaveDuplicates();
            assertThat(returns.interrupts)
                    .hasSizeGreaterThan(500)
                    .filteredOn(interrupt -> !interrupt.ended())
                    .hasSizeLessThan(3);
        }
    }

    @Test
    void timeLinesCallAddressSpacesAfterTheTasksInThem() throws IOException {
        Path symbols = folder.resolve("vmlinux.elf");
        assertThat(Cli.run("symbols", Linux.kernel().toString(), "-o", symbols.toString())
                        .status())
                .isZero();
        Path out = folder.resolve("part.json");
        Cli.Result result = Cli.run(
                "export",
                file.toString(),
                "--format=chrome",
                "--from=452M",
                "--to=455M",
                "--symbols=" + symbols,
                "-o",
                out.toString());
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(Files.readString(out)).containsPattern("\"init \\(CR3 0x[0-9a-f]+000\\)\"");
    }

    @Test
    void showsTheSameLiveAndRecorded() throws Exception {
        String[] session = session(file);
        String live;
        try (RingscopeProcess process = new RingscopeProcess(words(List.of("run", "--gdb", "0"), guest()))) {
            live = Gdb.session(process.address(), session);
        }
        String recorded;
        try (RingscopeProcess process = new RingscopeProcess("gdb", file.toString(), "--listen", "0")) {
            recorded = Gdb.session(process.address(), session);
        }

        assertThat(live)
                .contains("Breakpoint 1,", "Breakpoint 2,", "Breakpoint 3,", "Breakpoint 4,")
                .contains("$1 = 0x0", "$2 = 0x80000000", "$3 = 3", "$4 = 0");
        assertThat(lines(recorded)).isEqualTo(lines(live));
    }

    private static String[] session(Path trace) throws IOException {
        return new String[] {
            "break *" + address(trace, "instructions", "12"),
            "break *" + address(trace, "instructions", "100M"),
            "continue",
            "p/x $cr0 & 0x80000000",
            "x/4xg $rsp",
            "continue",
            "p/x $cr0 & 0x80000000",
            "x/4xg $rsp",
            "x/4i $rip",
            "delete 2",
            "break *" + busyboxEntry(),
            "continue",
            "p $cpl",
            "x/4xg $rsp",
            "break *" + systemCallEntry(trace),
            "continue",
            "p $cpl",
            "x/4xg $rcx",
            "info registers rax rbx rsp eflags cs ss cr3 fs_base",
            "monitor when",
            "kill"
        };
    }

    private static String[] words(List<String> first, List<String> rest) {
        return Stream.concat(first.stream(), rest.stream()).toArray(String[]::new);
    }

    /** Without what names the connection. */
    private static List<String> lines(String said) {
        return said.lines().filter(line -> !line.contains("position=")).toList();
    }

    /** Of the instruction at a position. */
    private static String address(Path trace, String question, String position) {
        return json(trace, question, "address", position).getFirst();
    }

    /** Where SYSCALL leads in the kernel: {@code entry_SYSCALL_64}. */
    private static String systemCallEntry(Path trace) {
        Cli.Result rings = Cli.run("query", trace.toString(), "rings", "--json");
        String first = rings.out()
                .lines()
                .filter(line -> line.contains("\"cause\":\"syscall\""))
                .findFirst()
                .orElseThrow();
        return field(first, "to_pc");
    }

    private static List<String> json(Path trace, String question, String field, String position) {
        Cli.Result result = Cli.run("query", trace.toString(), question, "--json", "--from", position, "--count", "1");
        assertThat(result.status()).as(result.err()).isZero();
        return result.out().lines().map(line -> field(line, field)).toList();
    }

    private static String field(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":\"(0x[0-9a-f]+)\"").matcher(json);
        assertThat(matcher.find()).as(json).isTrue();
        return matcher.group(1);
    }

    private static String busyboxEntry() throws IOException {
        byte[] elf = Files.readAllBytes(Linux.busybox());
        return "0x%x"
                .formatted(java.nio.ByteBuffer.wrap(elf)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .getLong(24));
    }
}
