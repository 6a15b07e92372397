package dev.ringscope.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The pause button of Visual Studio Code's C++ debugger (cppdbg), which stops a guest somewhere. What else it says to
 * gdb stands in testdata/gdb/cppdbg.session.
 */
class CppdbgTest {
    private static void connect(Mi mi, String port) throws Exception {
        for (String setting : List.of(
                "-gdb-set mi-async on",
                "-gdb-set pagination off",
                "-gdb-set auto-solib-add on",
                "-enable-pretty-printing",
                "-gdb-set target-async on",
                "-file-exec-and-symbols demo64.elf",
                "-gdb-set remotetimeout 30")) {
            assertThat(mi.send(setting)).as(setting).startsWith("^done");
        }
        assertThat(mi.send("-target-select remote localhost:" + port)).startsWith("^connected");
        assertThat(mi.send("-list-target-features")).startsWith("^done");
    }

    @Test
    void pausesARunningGuest() throws Exception {
        List<String> guest =
                List.of("run", "--gdb", "0", "--serial", "null", "--kernel", "vmlinuz", "--append", "console=ttyS0");
        try (Server server = new Server(Workshop.folder(), guest);
                Mi mi = new Mi(Workshop.folder())) {
            connect(mi, server.port().strip());
            mi.stopped();
            assertThat(mi.send("-exec-continue")).startsWith("^running");
            assertThat(mi.send("-exec-interrupt")).startsWith("^done");
            assertThat(mi.stopped()).contains("signal-name=\"SIGINT\"");
            assertThat(mi.send("-target-disconnect")).startsWith("^done");
            assertThat(mi.send("-gdb-exit")).startsWith("^exit");
        }
    }
}
