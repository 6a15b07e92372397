package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's kernel boots to its init, the workload there gives the right results, and the machine ends as a PC would.
 */
class LinuxBootTest {
    private static final String SMALLEST_PC = " nolapic noapic acpi=off pci=off";
    /** What testdata/linux/init prints; QEMU prints the same. */
    private static final List<String> WORKLOAD = List.of(
            "ringscope: begin",
            "bytes: 1048576",
            "sha256: 8756ef4726361dd33345ec19baa9b8ff0eda16466ca9ab933068f935a45cd50b  -",
            "gzip: same",
            "sort: 999 998 997 996 995 ",
            "loop: 500500",
            "awk: 1.414213562373",
            "signal: 139",
            "ringscope: end");

    @TempDir
    Path folder;

    private Cli.Result boot(Path console, String append, String... command) {
        String[] guest = {
            "--kernel",
            Linux.kernel().toString(),
            "--initrd",
            Linux.initramfs().toString(),
            "--append",
            "console=ttyS0" + append,
            "--serial",
            console.toString()
        };
        String[] words = Arrays.copyOf(command, command.length + guest.length);
        System.arraycopy(guest, 0, words, command.length, guest.length);
        return Cli.run(words);
    }

    private static void assertWorkload(Path console) throws IOException {
        assertThat(Files.readString(console).lines()).containsSubsequence(WORKLOAD);
    }

    @Test
    void recordedTwiceByBothTiersItIsTheSameTraceWhichAReplayConfirms() throws IOException {
        Path console = folder.resolve("console");
        Path one = folder.resolve("one.rst");
        Path two = folder.resolve("two.rst");

        Cli.Result result = boot(console, "", "record", "--tier", "interpreter", "-o", one.toString());

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.OK);
        assertThat(result.err()).contains("power off", "ACPI S5");
        assertWorkload(console);
        Cli.Result again = boot(console, "", "record", "--tier", "compiled", "-o", two.toString());
        assertThat(again.status()).as(again.err()).isEqualTo(ExitStatus.OK);
        DeterminismTest.assertEqualButForDate(Files.readAllBytes(one), Files.readAllBytes(two));
        Cli.Result verified = Cli.run("verify", one.toString());
        assertThat(verified.status()).as(verified.err()).isEqualTo(ExitStatus.OK);
    }

    @Test
    void onTheSmallestPcItEndsByTheKeyboardControllersReset() throws IOException {
        Path console = folder.resolve("console");

        Cli.Result result = boot(console, SMALLEST_PC, "run");

        assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.OK);
        assertThat(result.err()).contains("reset");
        assertWorkload(console);
    }
}
