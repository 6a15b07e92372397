package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stub as a stock gdb sees it that was given no settings at all. */
@Timeout(120)
class StockGdbTest {
    /** loop: inc rax; mov [rdi], rax; mov rbx, [rdi]; nop; hlt; jmp loop. */
    private static final int[] LOOP = {0x48, 0xff, 0xc0, 0x48, 0x89, 0x07, 0x48, 0x8b, 0x1f, 0x90, 0xf4, 0xeb, 0xf3};

    private static FakeMachine machine() {
        FakeMachine machine = new FakeMachine(LOOP);
        machine.set("rdi", FakeMachine.BASE + 0x100);
        return machine;
    }

    @Test
    void connects_and_shows_registers_memory_and_threads() throws Exception {
        FakeMachine machine = machine();
        machine.set("cr0", 0x80000011L);
        machine.set("gs_base", 0xffff888000000000L);
        try (Served served = new Served(machine)) {
            String text = Gdb.script(
                    "target remote " + served.endpoint(),
                    "info registers rip cr0 cr3 efer gs_base eflags cs cpl",
                    "p $st0",
                    "p $xmm0.uint128",
                    "x/3i $pc",
                    "x/2xw 0x10000",
                    "x/xb 0xffff",
                    "info threads",
                    "info all-registers");
            assertThat(text)
                    .contains("0x0000000000010000 in ?? ()")
                    .containsPattern("cr0 +0x80000011")
                    .containsPattern("gs_base +0xffff888000000000")
                    .containsPattern("eflags +0x2 +\\[ IOPL=0 \\]")
                    .contains("0x10000:\tinc    %rax", "mov    %rax,(%rdi)", "mov    (%rdi),%rbx")
                    .contains("0x10000:\t0x48c0ff48\t0x8b480789")
                    .contains("Cannot access memory at address 0xffff")
                    .contains("Thread 1.1 (CPU0 ring0 cr3=0x1000)")
                    .containsPattern("gdtr_limit +0x0")
                    .doesNotContain("Remote", "too long", "truncated");
        }
    }

    @Test
    void writes_registers_and_memory() throws Exception {
        FakeMachine machine = machine();
        try (Served served = new Served(machine)) {
            Gdb.script(
                    "target remote " + served.endpoint(),
                    "set $rax = 0x1122334455667788",
                    "set $cr3 = 0x2000",
                    "set $eflags = 0x246",
                    "set $st0 = 1.5",
                    "set $xmm3.v4_float[1] = 2.0",
                    "set {long}0x10200 = 0x0102030405060708",
                    "set {char[8]}0x10300 = \"$#}*abc\"",
                    "detach");
            assertThat(machine.get("rax")).isEqualTo(0x1122334455667788L);
            assertThat(machine.get("cr3")).isEqualTo(0x2000);
            assertThat(machine.get("eflags")).isEqualTo(0x246);
            assertThat(machine.get("st0")).isEqualTo(0xc000000000000000L);
            assertThat(machine.get("xmm3")).isEqualTo(0x4000000000000000L);
            assertThat(machine.getLong(0x200)).isEqualTo(0x0102030405060708L);
            assertThat(machine.getLong(0x300)).isEqualTo(0x006362612a7d2324L);
        }
    }

    @Test
    void breaks_watches_steps_and_continues() throws Exception {
        FakeMachine machine = machine();
        try (Served served = new Served(machine)) {
            String text = Gdb.script(
                    "target remote " + served.endpoint(),
                    "break *0x10009",
                    "continue",
                    "info registers rax rbx",
                    "stepi",
                    "stepi",
                    "stepi",
                    "delete",
                    "watch *(long*)0x10100",
                    "continue",
                    "delete",
                    "rwatch *(int*)0x10104",
                    "continue",
                    "delete",
                    "break *0x9999999999 if 0",
                    "hbreak *0x10003",
                    "continue",
                    "x/2xb 0x10009");
            assertThat(text)
                    .contains("Breakpoint 1, 0x0000000000010009 in ?? ()")
                    .containsPattern("rax +0x1 ")
                    .contains("0x000000000001000a in ?? ()", "0x000000000001000b in ?? ()")
                    .contains("Hardware watchpoint 2: *(long*)0x10100", "Old value = 1", "New value = 2")
                    .contains("Hardware read watchpoint 3: *(int*)0x10104", "Value = 0")
                    .contains("Breakpoint 5, 0x0000000000010003 in ?? ()")
                    .contains("0x10009:\t0x90\t0xf4");
        }
    }

    @Test
    void has_conditions_evaluated_by_the_stub() throws Exception {
        FakeMachine machine = machine();
        try (Served served = new Served(machine)) {
            String text = Gdb.script(
                    "target remote " + served.endpoint(),
                    "break *0x10009 if $rax == 500 && *(long*)0x10100 == 500",
                    "set debug remote 1",
                    "continue",
                    "set debug remote 0",
                    "p $rax");
            assertThat(text).contains("$1 = 500");
            assertThat(text.split("vCont;c", -1)).as("resumed once").hasSizeLessThan(4);
        }
    }

    @Test
    void goes_backwards() throws Exception {
        FakeMachine machine = machine();
        try (Served served = new Served(machine)) {
            String text = Gdb.script(
                    "target remote " + served.endpoint(),
                    "break *0x1000b if $rax == 5",
                    "continue",
                    "delete",
                    "reverse-stepi",
                    "reverse-stepi",
                    "info registers rip",
                    "watch *(long*)0x10100",
                    "reverse-continue",
                    "reverse-continue",
                    "delete",
                    "break *0x10000",
                    "reverse-continue",
                    "p $rax",
                    "delete",
                    "reverse-continue",
                    "p $rax",
                    "info registers rip",
                    "stepi",
                    "p $rax");
            assertThat(text)
                    .containsPattern("rip +0x10009 ")
                    .contains("Old value = 5", "New value = 4", "Old value = 4", "New value = 3")
                    .contains("$1 = 3")
                    .contains("No more reverse-execution history.")
                    .contains("$2 = 0")
                    .containsPattern("rip +0x10000 ")
                    .contains("$3 = 1");
        }
    }

    @Test
    void is_interrupted_by_control_c_and_attached_again_after_detach() throws Exception {
        FakeMachine machine = machine();
        try (Served served = new Served(machine)) {
            Gdb gdb = Gdb.interactive();
            gdb.type("target remote " + served.endpoint(), "echo connected\\n", "continue");
            gdb.expect("connected");
            machine.running.await();
            gdb.interrupt();
            gdb.expect("Program received signal SIGINT");
            gdb.type("detach", "target remote " + served.endpoint(), "stepi", "p $rax > 0", "reverse-continue");
            assertThat(gdb.quit()).contains("[Inferior 1 (process 1) detached]", "$1 = 1", "reverse-execution history");
        }
    }

    @Test
    void shows_exit_faults_and_monitor_commands() throws Exception {
        FakeMachine exits = new FakeMachine(0x90, 0xcd, 0x80);
        exits.set("rbx", 7);
        try (Served served = new Served(exits)) {
            String text = Gdb.script(
                    "target remote " + served.endpoint(),
                    "monitor help",
                    "monitor info where a b",
                    "monitor nonsense",
                    "continue");
            assertThat(text)
                    .contains("[TEXT]: the pc")
                    .contains("pc=10000 thread=1 [a b]")
                    .contains("unknown command 'nonsense'")
                    .contains("[Inferior 1 (process 1) exited with code 07]");
            assertThat(served.ending()).isEqualTo(Ending.EXITED);
        }
        try (Served served = new Served(new FakeMachine(0x90, 0x0f))) {
            assertThat(Gdb.script("target remote " + served.endpoint(), "continue"))
                    .contains("no such instruction", "Program received signal SIGILL, Illegal instruction.");
        }
    }

    @Test
    void cannot_change_or_kill_a_recording() throws Exception {
        FakeMachine machine = machine();
        machine.recording = true;
        try (Served served = new Served(machine)) {
            String text =
                    Gdb.script("target remote " + served.endpoint(), "set $rax = 1", "set {int}0x10000 = 0", "kill");
            assertThat(text)
                    .contains("this is a recording: rax cannot be written")
                    .contains("Cannot access memory at address 0x10000");
            assertThat(Gdb.script("target remote " + served.endpoint(), "x/i $pc"))
                    .contains("inc    %rax");
        }
    }

    @Test
    void hits_a_breakpoint_again_each_time_round() throws Exception {
        FakeMachine machine = machine();
        try (Served served = new Served(machine)) {
            String text = Gdb.script(
                    "target remote " + served.endpoint(),
                    "break *0x10003",
                    "break *0x10006",
                    "continue",
                    "continue",
                    "continue",
                    "stepi",
                    "stepi",
                    "info registers rip rax",
                    "tbreak *0x10000",
                    "continue",
                    "until *0x10009",
                    "jump *0x10006");
            assertThat(text)
                    .containsPattern("rip +0x10009 ")
                    .containsPattern("rax +0x2 ")
                    .contains("Temporary breakpoint 3, 0x0000000000010000 in ?? ()")
                    .contains("Breakpoint 2, 0x0000000000010006 in ?? ()");
        }
    }

    @Test
    void loads_the_program_through_the_stub() throws Exception {
        Path program = Path.of("/bin/true").toRealPath();
        FakeMachine machine = new FakeMachine(LOOP) {
            @Override
            public Optional<String> execFile() {
                return Optional.of(program.toString());
            }

            @Override
            public Optional<GuestFiles> files() {
                return Optional.of(path -> Files.newByteChannel(Path.of(path)));
            }

            @Override
            public Optional<byte[]> auxv() {
                byte[] pageSize = new byte[32];
                pageSize[0] = 6;
                pageSize[9] = 0x10;
                return Optional.of(pageSize);
            }
        };
        try (Served served = new Served(machine)) {
            String text = Gdb.script("target remote " + served.endpoint(), "info files", "info auxv", "x/i $pc");
            assertThat(text)
                    .contains("Reading " + program + " from remote target")
                    .contains("Symbols from \"target:" + program, "file type elf64-x86-64", "is .text")
                    .containsPattern("AT_PAGESZ +System page size +4096")
                    .doesNotContain("No executable has been specified");
        }
    }

    @Test
    void starts_again_by_run() throws Exception {
        FakeMachine machine = new FakeMachine(LOOP) {
            @Override
            public Optional<Restart> restart() {
                return Optional.of(arguments -> {
                    set("rip", BASE);
                    set("rbx", Long.parseLong(arguments.getFirst()));
                });
            }
        };
        machine.set("rdi", FakeMachine.BASE + 0x100);
        try (Served served = new Served(machine)) {
            String text = Gdb.script(
                    "target extended-remote " + served.endpoint(),
                    "set remote exec-file anything",
                    "stepi 2",
                    "break *0x10006",
                    "run 4711",
                    "info registers rip rbx",
                    "detach");
            assertThat(text).contains("Breakpoint 1, 0x0000000000010006").containsPattern("rbx +0x1267 ");
            assertThat(machine.wasKilled).isFalse();
        }
    }

    @Test
    void is_told_that_the_stub_is_taken() throws Exception {
        try (Served served = new Served(machine());
                RawClient first = served.gdb()) {
            assertThat(Gdb.script("target remote " + served.endpoint()))
                    .contains("this gdb stub is taken by another client");
            assertThat(first.ask("qC")).isEqualTo("QCp1.1");
        }
    }
}
