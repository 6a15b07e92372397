package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code monitor kaslr} on Debian's kernel, where it writes LSTAR: once moved by KASLR, once where it was linked. */
class KaslrTest {
    private static final String STOP = "monitor break-on system-register lstar";

    @TempDir
    Path folder;

    @Test
    void findsHowFarTheKernelHasMoved() throws Exception {
        String straight = session("nokaslr", "p/x $cpl", "monitor print/x ($rdx*0x100000000)|$rax", "monitor kaslr");
        long linked = Long.parseUnsignedLong(found(straight, "\\n0x(ffffffff[0-9a-f]{8})\\n"), 16);
        assertThat(straight).contains("kernel offset 0x0\n");
        Path map = folder.resolve("System.map");
        Files.writeString(map, "%016x T entry_SYSCALL_64\n".formatted(linked));

        String moved = session(
                "quiet",
                "monitor print/x ($rdx*0x100000000)|$rax",
                "monitor kaslr",
                "monitor kaslr " + map,
                "monitor disas 64 " + "(($rdx*0x100000000)|$rax) 1",
                "monitor kaslr " + folder.resolve("none"));

        long there = Long.parseUnsignedLong(found(moved, "\\n0x(ffffffff[0-9a-f]{8})\\n"), 16);
        assertThat(there).isNotEqualTo(linked);
        String offset = "kernel offset 0x%x\n".formatted(there - linked);
        assertThat(moved)
                .containsSubsequence(
                        offset, "Linux version 6.", "symbol-file -o 0x%x vmlinux".formatted(there - linked))
                .containsSubsequence(
                        offset, offset, "LSTAR is 0x", "entry_SYSCALL_64 is linked to", "entry_SYSCALL_64:")
                .contains("no such file");
    }

    private static String session(String commandLine, String... commands) throws Exception {
        try (RingscopeProcess guest = new RingscopeProcess(
                "run",
                "--gdb",
                "0",
                "--serial",
                "null",
                "--kernel",
                Linux.kernel().toString(),
                "--append",
                "console=ttyS0 " + commandLine)) {
            String[] all = new String[commands.length + 3];
            all[0] = STOP;
            all[1] = "continue";
            System.arraycopy(commands, 0, all, 2, commands.length);
            all[all.length - 1] = "kill";
            return Gdb.session(guest.address(), all);
        }
    }

    private static String found(String said, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(said);
        assertThat(matcher.find()).as(said).isTrue();
        return matcher.group(1);
    }
}
