package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stub as a stock lldb sees it. */
@Timeout(120)
class StockLldbTest {
    private static final Path PROGRAM = Path.of("/usr/bin/lldb");

    /** loop: inc rax; mov [rdi], rax; mov rbx, [rdi]; nop; hlt; jmp loop. */
    private static FakeMachine machine() {
        FakeMachine machine =
                new FakeMachine(0x48, 0xff, 0xc0, 0x48, 0x89, 0x07, 0x48, 0x8b, 0x1f, 0x90, 0xf4, 0xeb, 0xf3);
        machine.set("rdi", FakeMachine.BASE + 0x100);
        return machine;
    }

    private static String script(String... commands) throws Exception {
        if (!Files.isExecutable(PROGRAM)) {
            if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
                fail("lldb is missing, which ./check installs");
            }
            assumeTrue(false, "lldb is not installed");
        }
        List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), "--no-lldbinit", "--no-use-colors", "-b"));
        for (String c : commands) {
            command.addAll(List.of("-o", c));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text;
    }

    @Test
    void shows_and_changes_registers_and_memory() throws Exception {
        FakeMachine machine = machine();
        machine.set("cr0", 0x80000011L);
        try (Served served = new Served(machine)) {
            String text = script(
                    "gdb-remote " + served.endpoint(),
                    "register read rip rax cr0 gs_base",
                    "register read --all",
                    "memory read --size 1 --count 13 0x10000",
                    "disassemble --start-address 0x10000 --count 3",
                    "register write rax 0x1122334455667788",
                    "register write cr3 0x2000",
                    "memory write 0x10200 0x01 0x02 0x03",
                    "memory region 0x10010",
                    "process plugin packet monitor info where x",
                    "detach");
            assertThat(text)
                    .contains("rip = 0x0000000000010000", "cr0 = 0x0000000080000011")
                    .contains("xmm15 =", "st7 =", "gdtr_limit =")
                    .contains("48 ff c0 48 89 07 48 8b 1f 90 f4 eb f3")
                    .contains("incq   %rax", "movq   %rax, (%rdi)")
                    .contains("[0x0000000000010000-0x0000000000014000) rwx")
                    .contains("pc=10000 thread=1 [x]")
                    .contains("Process 1 detached");
            assertThat(machine.get("rax")).isEqualTo(0x1122334455667788L);
            assertThat(machine.get("cr3")).isEqualTo(0x2000);
            assertThat(machine.getLong(0x200)).isEqualTo(0x030201);
        }
    }

    @Test
    void steps_breaks_watches_and_continues() throws Exception {
        FakeMachine machine = machine();
        try (Served served = new Served(machine)) {
            String text = script(
                    "gdb-remote " + served.endpoint(),
                    "thread step-inst",
                    "breakpoint set --address 0x10009",
                    "continue",
                    "thread backtrace",
                    "breakpoint delete --force",
                    "watchpoint set expression -w write -s 8 -- 0x10100",
                    "continue",
                    "watchpoint delete --force",
                    "breakpoint set --address 0x10006 --condition '$rax == 5'",
                    "continue",
                    "register read rax",
                    "thread list",
                    "detach");
            assertThat(text)
                    .contains("stop reason = instruction step into", "frame #0: 0x0000000000010003")
                    .contains("stop reason = breakpoint 1.1", "frame #0: 0x0000000000010009")
                    .contains("Watchpoint 1 hit:", "old value: 1", "new value: 2")
                    .contains("rax = 0x0000000000000005")
                    .contains("tid = 0x0001, 0x0000000000010006");
        }
    }

    @Test
    void leaves_a_recording_whole_when_it_ends_and_kills_a_live_guest() throws Exception {
        FakeMachine recording = machine();
        recording.recording = true;
        try (Served served = new Served(recording)) {
            assertThat(script("gdb-remote " + served.endpoint(), "register write rax 1", "process kill"))
                    .contains("Failed to write register 'rax'");
            assertThat(script("gdb-remote " + served.endpoint(), "process kill"))
                    .contains("Process 1 exited with status = 9")
                    .doesNotContain("failed to send the k packet");
            assertThat(script("gdb-remote " + served.endpoint(), "register read rax"))
                    .as("a second lldb, after the first has killed")
                    .contains("rax = 0x0000000000000000");
            assertThat(script("gdb-remote " + served.endpoint(), "memory read 0x4000"))
                    .contains("memory read failed for 0x4000");
            assertThat(recording.wasKilled).isFalse();
        }
        FakeMachine live = machine();
        try (Served served = new Served(live)) {
            script("gdb-remote " + served.endpoint(), "process kill");
            assertThat(served.ending()).isEqualTo(Ending.KILLED);
            assertThat(live.wasKilled).isTrue();
        }
    }

    @Test
    void shows_every_processor_as_a_thread() throws Exception {
        try (Served served = new Served(new TwoProcessors())) {
            assertThat(script(
                            "gdb-remote " + served.endpoint(),
                            "thread list",
                            "thread select 2",
                            "register read rip",
                            "detach"))
                    .contains("thread #1: tid = 0x0001, 0x0000000000001000")
                    .contains("thread #2: tid = 0x0002, 0x0000000000002000")
                    .contains("rip = 0x0000000000002000");
        }
    }
}
