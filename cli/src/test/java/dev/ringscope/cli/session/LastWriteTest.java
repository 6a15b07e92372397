package dev.ringscope.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Which instruction set a variable of Debian's kernel, asked at the end of the boot with a watchpoint backwards; and
 * many steps back and forth: of a recording, and of a guest that is still being recorded. testdata/gdb/last_writes.py
 * asks and judges; bench/reverse asks more often and shows the times.
 */
class LastWriteTest {
    private static final List<String> BOOT = List.of(
            "--serial",
            "null",
            "--kernel",
            "vmlinuz",
            "--initrd",
            "initramfs.cpio",
            "--append",
            "console=ttyS0 nokaslr cryptomgr.notests");

    @Test
    void findsTheWritesOfARecordedBoot() throws Exception {
        Path folder = Workshop.folder();
        Workshop.once(words(List.of("record", "--quiet"), BOOT, List.of("-o", "linux.rst")));
        try (Server server = new Server(folder, List.of("gdb", "linux.rst", "--at", "end", "--listen", "0"))) {
            ask(folder, server, 8, 1000, false);
        }
    }

    @Test
    void findsTheWritesOfABootThatIsBeingRecordedAndLetsItLiveOn() throws Exception {
        Path folder = Workshop.folder();
        try (Server server =
                new Server(folder, words(List.of("record", "--gdb", "0"), BOOT, List.of("-o", "live-writes.rst")))) {
            ask(folder, server, 4, 300, true);
            String said = server.rest();
            assertThat(server.exitStatus()).as(said).isZero();
        }
        try (Server verify = new Server(folder, List.of("verify", "live-writes.rst"))) {
            String said = verify.rest();
            assertThat(verify.exitStatus()).as(said).isZero();
        }
    }

    private static List<String> words(List<String> command, List<String> guest, List<String> output) {
        return Stream.of(command, guest, output).flatMap(List::stream).toList();
    }

    private static void ask(Path folder, Server server, int variables, int steps, boolean live) throws Exception {
        Process gdb = new ProcessBuilder(
                        "timeout",
                        "400",
                        "gdb",
                        "-nx",
                        "-batch",
                        "vmlinux.elf",
                        "-ex",
                        "target remote :" + server.port(),
                        "-ex",
                        "set $variables = " + variables,
                        "-ex",
                        "set $steps = " + steps,
                        "-ex",
                        "set $forwards = 1",
                        "-ex",
                        "set $live = " + (live ? 1 : 0),
                        "-x",
                        Workshop.ROOT.resolve("testdata/gdb/last_writes.py").toString())
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .start();
        String said = new String(gdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(gdb.waitFor()).as(said).isZero();
        assertThat(said).contains(variables + " of ", "\n0 wrong answers");
    }
}
