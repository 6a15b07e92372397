package dev.ringscope.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What Visual Studio Code's C++ debugger (cppdbg) says to gdb when it debugs a remote target, and when it goes
 * backwards.
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
    void breaksStepsAndShowsALiveGuest() throws Exception {
        List<String> guest = List.of("record", "--gdb", "0", "--serial", "null", "--force", "-o", "mi.rst");
        try (Server server = new Server(Workshop.folder(), guest);
                Mi mi = new Mi(Workshop.folder())) {
            connect(mi, server.port());
            assertThat(mi.stopped()).contains("addr=\"0x0000000000100010\"");
            assertThat(mi.send("-break-insert -f user_read_demand")).contains("addr=\"0x0000000000400044\"");
            assertThat(mi.send("-exec-continue --thread-group i1")).startsWith("^running");
            assertThat(mi.stopped()).contains("reason=\"breakpoint-hit\"", "func=\"user_read_demand\"");

            assertThat(mi.send("-stack-list-frames 0 20")).contains("level=\"0\",addr=\"0x0000000000400044\"");
            assertThat(mi.send("-thread-info")).contains("CPU0 ring3", "current-thread-id=\"1\"");
            assertThat(mi.send("-data-list-register-names")).contains("\"rax\"", "\"cr3\"", "\"cpl\"");
            assertThat(mi.send("-data-list-register-values x 0 16")).contains("{number=\"16\",value=\"0x400044\"}");
            assertThat(mi.send("-var-create - * $cpl")).contains("value=\"3\"");
            assertThat(mi.send("-data-evaluate-expression \"*(int*)&gdt\"")).startsWith("^");
            assertThat(mi.send("-data-read-memory-bytes 0x400044 7")).contains("contents=\"8b042500404000\"");
            assertThat(mi.send("-data-disassemble -s 0x400044 -e 0x40004b -- 2"))
                    .contains("inst=\"mov    0x404000,%eax\"", "opcodes=\"8b 04 25 00 40 40 00\"");

            assertThat(mi.send("-exec-step-instruction")).startsWith("^running");
            assertThat(mi.stopped()).contains("end-stepping-range", "func=\"exception_stubs\"");
            assertThat(mi.send("-interpreter-exec console \"monitor why\"")).startsWith("^done");
            assertThat(mi.send("-exec-continue")).startsWith("^running");
            assertThat(mi.stopped()).contains("breakpoint-hit"); // the page is there now: the instruction runs again
            assertThat(mi.send("-break-delete 1")).startsWith("^done");
            assertThat(mi.send("-exec-continue")).startsWith("^running");
            assertThat(mi.stopped()).contains("exited-normally");
            assertThat(mi.send("-gdb-exit")).startsWith("^exit");
            assertThat(mi.exitStatus()).isZero();
        }
    }

    @Test
    void goesBackwardsInARecording() throws Exception {
        Workshop.once(List.of("record", "--quiet", "--serial", "null", "-o", "mi-recorded.rst"));
        List<String> recording = List.of("gdb", "mi-recorded.rst", "--at", "end", "--listen", "0");
        try (Server server = new Server(Workshop.folder(), recording);
                Mi mi = new Mi(Workshop.folder())) {
            connect(mi, server.port());
            assertThat(mi.stopped()).contains("func=\"halt\"");
            assertThat(mi.send("-break-insert user_cli")).startsWith("^done");
            assertThat(mi.send("-exec-continue --reverse")).startsWith("^running");
            assertThat(mi.stopped()).contains("breakpoint-hit", "func=\"user_cli\"");
            assertThat(mi.send("-exec-step-instruction --reverse")).startsWith("^running");
            assertThat(mi.stopped()).contains("func=\"syscall_sysret\"");
            assertThat(mi.send("-exec-step-instruction")).startsWith("^running");
            assertThat(mi.stopped()).contains("func=\"user_cli\"");
            assertThat(mi.send("-break-watch *(long*)0x402008")).contains("wpt");
            assertThat(mi.send("-exec-continue")).startsWith("^running");
            assertThat(mi.stopped()).contains("watchpoint-trigger", "old=\"0\"", "new=\"1\"");
            assertThat(mi.send("-exec-continue --reverse")).startsWith("^running");
            assertThat(mi.stopped()).contains("watchpoint-trigger", "old=\"1\"", "new=\"0\"");
            assertThat(mi.send("-exec-next-instruction --reverse")).startsWith("^running");
            assertThat(mi.stopped()).contains("stopped");
            assertThat(mi.send("-gdb-exit")).startsWith("^exit");
        }
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
