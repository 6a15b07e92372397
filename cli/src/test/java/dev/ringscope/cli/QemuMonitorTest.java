package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The monitor commands that QEMU has too answer what QEMU answers: the same gdb session with the same guest, stopped at
 * the same instruction, on both.
 */
class QemuMonitorTest {
    /** {@code user_read_demand} of demo.S reads a page that is not present, in ring 3. */
    private static final String IN_RING_3 = "0x400044";

    private static final List<String> SAME = List.of(
            "monitor info tlb",
            "monitor info mem",
            "monitor xp/4xb 0x106000",
            "monitor xp /6xw 0x106000",
            "monitor xp/2xg 0x106000",
            "monitor xp/3dw 0x106000",
            "monitor x/10cb 0x400044",
            "monitor x/9ub 0x400044",
            "monitor x/2xw 0xdead0000000",
            "monitor print/x 3*4+(0x1ff&0xff)",
            "monitor p/d 17%5");

    @TempDir
    Path folder;

    @Test
    void answersWhatQemuAnswers() throws Exception {
        String[] session = SAME.stream()
                .flatMap(c -> List.of("echo >" + c + "\\n", c).stream())
                .toList()
                .toArray(String[]::new);
        String ours;
        try (RingscopeProcess guest = new RingscopeProcess("run", "--gdb", "0", "--serial", "null")) {
            ours = Gdb.session(guest.address(), stopped(session));
        }
        assertThat(answers(ours))
                .contains("0000000000402000: 000000000010b000 X--DA--UW")
                .hasSizeGreaterThan(30);
        assertThat(answers(ours)).isEqualTo(answers(qemu(stopped(session))));
    }

    @Test
    void laysRegistersOutAsQemuDoes() throws Exception {
        String[] session = stopped("echo >registers\\n", "monitor info registers");
        String ours;
        try (RingscopeProcess guest = new RingscopeProcess("run", "--gdb", "0", "--serial", "null")) {
            ours = Gdb.session(guest.address(), session);
        }
        List<String> same = comparable(ours);
        assertThat(same)
                .contains("RIP=0000000000400044 RFL=00000002 [-------] CPL=3 II=0 A20=1 SMM=0 HLT=0")
                .hasSizeGreaterThan(20);
        assertThat(same).isEqualTo(comparable(qemu(session)));
    }

    @Test
    void laysInterruptControllersOutAsQemuDoes() throws Exception {
        String[] session = stopped("echo >controllers\\n", "monitor info pic", "monitor info lapic");
        String ours;
        try (RingscopeProcess guest = new RingscopeProcess("run", "--gdb", "0", "--serial", "null")) {
            ours = Gdb.session(guest.address(), session);
        }
        assertThat(fields(ours)).contains("pic0: irr= imr= isr= hprio= irq_base= rr_sel= elcr= fnm=", "ICR2 0x");
        assertThat(fields(ours)).isEqualTo(fields(qemu(session)));
    }

    /** The fields' names and order; firmware has left other values in QEMU's, which has an I/O APIC too. */
    private static List<String> fields(String said) {
        return answers(said).stream()
                .filter(line -> line.matches("(pic[01]:|dumping|LVT|Timer|SPIV|ICR|ESR|ISR|IRR|APR).*"))
                .filter(line -> !line.contains("IRR      "))
                .map(line -> line.startsWith("LVT") ? line.replaceFirst("\\s.*", "") : line)
                .map(line ->
                        line.startsWith("ICR\t") || line.startsWith("SPIV") ? line.replaceFirst("\\s.*", "") : line)
                .map(line -> line.replaceAll("0x[0-9a-f]+", "0x")
                        .replaceAll("=[0-9a-f]+", "=")
                        .strip())
                .map(line -> line.replaceAll("= [0-9]+", "=")
                        .replaceAll("by [0-9]+", "by")
                        .replaceAll("\\s+", " "))
                .map(line -> line.replaceFirst("^(ISR|IRR) .*", "$1"))
                .toList();
    }

    /** The lines about what is the same in both: QEMU has run a BIOS before, which shows in RBX and in the x87. */
    private static List<String> comparable(String said) {
        return answers(said).stream()
                .filter(line -> line.matches("(R[S89I1]|[DEFG]S =|GDT|IDT|CR0|DR|EFER|FPR|XMM).*"))
                .toList();
    }

    private static String[] stopped(String... commands) {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("break *" + IN_RING_3, "continue"),
                        java.util.stream.Stream.concat(
                                java.util.Arrays.stream(commands), java.util.stream.Stream.of("kill")))
                .toArray(String[]::new);
    }

    /** From the first command's echo on, to where gdb takes its leave. */
    private static List<String> answers(String said) {
        return said.substring(said.indexOf("\n>"))
                .lines()
                .takeWhile(line -> !line.contains("Kill the program") && !line.contains("Inferior 1"))
                .toList();
    }

    private String qemu(String... session) throws IOException, InterruptedException {
        assertOrAssume();
        Path guest = folder.resolve("demo.elf");
        try (InputStream elf = getClass().getResourceAsStream("/dev/ringscope/emulator/guest/demo.elf")) {
            Files.copy(elf, guest);
        }
        int port = freePort();
        Process process = new ProcessBuilder(
                        "qemu-system-x86_64",
                        "-display",
                        "none",
                        "-serial",
                        "null",
                        "-monitor",
                        "none",
                        "-S",
                        "-m",
                        "64",
                        "-gdb",
                        "tcp:127.0.0.1:" + port,
                        "-kernel",
                        guest.toString())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("qemu.log").toFile())
                .start();
        try {
            return Gdb.session("127.0.0.1:" + port, session); // gdb tries again while QEMU starts
        } finally {
            process.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void assertOrAssume() {
        boolean there = List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(f -> Files.isExecutable(Path.of(f, "qemu-system-x86_64")));
        if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            assertThat(there).as("qemu-system-x86_64 is installed").isTrue();
        }
        assumeTrue(there, "qemu-system-x86_64 is missing: run ./check");
    }
}
