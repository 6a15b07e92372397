package dev.ringscope.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Which instruction set a variable of Debian's kernel, asked at the end of the boot with a watchpoint backwards; and
 * many steps back and forth. testdata/gdb/last_writes.py asks and judges; bench/reverse asks more often and shows the
 * times.
 */
class LastWriteTest {
    private static final int VARIABLES = 8, STEPS = 1000;

    @Test
    void findsTheWritesOfARecordedBoot() throws Exception {
        Path folder = Workshop.folder();
        Workshop.once(List.of(
                "record",
                "--quiet",
                "--serial",
                "null",
                "--kernel",
                "vmlinuz",
                "--initrd",
                "initramfs.cpio",
                "--append",
                "console=ttyS0 nokaslr cryptomgr.notests",
                "-o",
                "linux.rst"));
        try (Server server = new Server(folder, List.of("gdb", "linux.rst", "--at", "end", "--listen", "0"))) {
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
                            "set $variables = " + VARIABLES,
                            "-ex",
                            "set $steps = " + STEPS,
                            "-ex",
                            "set $forwards = 1",
                            "-x",
                            Workshop.ROOT.resolve("testdata/gdb/last_writes.py").toString())
                    .directory(folder.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(gdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(gdb.waitFor()).as(said).isZero();
            assertThat(said).contains(VARIABLES + " of ", "\n0 wrong answers");
        }
    }
}
