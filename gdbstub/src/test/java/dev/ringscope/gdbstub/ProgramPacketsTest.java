package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The packets that only a user program has an answer to. */
@Timeout(60)
class ProgramPacketsTest {
    private final ScriptedProgram program = new ScriptedProgram();
    private Served served;
    private RawClient gdb;

    @BeforeEach
    void connect() throws IOException {
        served = new Served(program);
        gdb = served.gdb();
    }

    @AfterEach
    void disconnect() throws IOException {
        gdb.close();
        served.close();
    }

    @Test
    void are_offered_by_a_program_and_not_by_a_machine() throws IOException {
        assertThat(gdb.ask("qSupported"))
                .contains(";QCatchSyscalls+;QPassSignals+;QProgramSignals+;")
                .contains(";qXfer:siginfo:read+;qXfer:siginfo:write+;QThreadEvents+");
        try (Served other = new Served(new FakeMachine(0x90));
                RawClient raw = other.gdb()) {
            assertThat(raw.ask("qSupported")).doesNotContain("Catch", "Signals", "siginfo", "Events");
            for (String packet : new String[] {"QCatchSyscalls:1", "QPassSignals:e", "QThreadEvents:1"}) {
                assertThat(raw.ask(packet)).as(packet).isEmpty();
            }
            assertThat(raw.ask("qGetTLSAddr:1,10,0")).isEmpty();
        }
    }

    @Test
    void say_that_every_fork_and_exec_would_be_told_to_a_client_that_understands_it() throws IOException {
        assertThat(gdb.ask("qSupported:fork-events+;exec-events+"))
                .endsWith(";fork-events+;exec-events+")
                .doesNotContain("vfork");
        assertThat(gdb.ask("qSupported:multiprocess+")).doesNotContain("fork", "exec-events");
    }

    @Test
    void catch_system_calls() throws IOException {
        program.then(new Stop.SyscallEntry(1, 257)).then(new Stop.SyscallReturn(1, 257));
        assertThat(gdb.ask("QCatchSyscalls:1;101;3c")).isEqualTo("OK");
        assertThat(gdb.ask("vCont;c")).startsWith("T05").endsWith("core:0;syscall_entry:101;");
        assertThat(program.lastResume().events().syscalls()).isEqualTo(new SyscallCatch(true, Set.of(257, 60)));
        assertThat(gdb.ask("QCatchSyscalls:1")).isEqualTo("OK");
        assertThat(gdb.ask("vCont;c")).endsWith("syscall_return:101;");
        assertThat(program.lastResume().events().syscalls().catches(12345)).isTrue();
        program.then(new Stop.StepDone(1));
        assertThat(gdb.ask("QCatchSyscalls:0")).isEqualTo("OK");
        gdb.ask("vCont;s:p1.1");
        assertThat(program.lastResume().events().syscalls().catches(257)).isFalse();
        assertThat(gdb.ask("QCatchSyscalls:1;x")).startsWith("E.");
    }

    @Test
    void pass_signals_on() throws IOException {
        program.then(new Stop.Signalled(1, Signal.SIGUSR1, "")).then(new Stop.Exited(0));
        assertThat(gdb.ask("QPassSignals:e;14;4b;95;")).isEqualTo("OK");
        assertThat(gdb.ask("vCont;c")).startsWith("T1e");
        assertThat(program.lastResume().events().passSignals())
                .containsExactlyInAnyOrder(Signal.SIGALRM, Signal.SIGCHLD, Signal.SIG63);
        assertThat(gdb.ask("vCont;C1e:p1.1;c")).isEqualTo("W00;process:1");
        assertThat(program.lastResume().actions())
                .isEqualTo(Map.of(1, new Resume.Action(Resume.Kind.CONTINUE, Signal.SIGUSR1)));
        assertThat(gdb.ask("QPassSignals:")).isEqualTo("OK");
    }

    @Test
    void deliver_a_signal_once_though_the_stub_runs_on_by_itself() throws IOException {
        program.then(new Stop.Breakpoint(1, 0x401000)).then(() -> program.begins(2), new Stop.Breakpoint(1, 0x401000));
        program.then(new Stop.Interrupted(2));
        gdb.ask("Z0,401000,1;X3,220027");
        assertThat(gdb.ask("vCont;C1e:p1.1;c")).startsWith("T02").contains("thread:p1.2;");
        assertThat(program.resumes)
                .extracting(r -> r.actions().get(1).signal())
                .containsExactly(Signal.SIGUSR1, Signal.NONE, Signal.NONE);
        assertThat(program.lastResume().actions())
                .as("a thread that has begun meanwhile")
                .containsEntry(2, Resume.Action.CONTINUE);
    }

    @Test
    void deliver_the_signal_that_a_client_leaves_behind_unless_it_is_none_of_the_programs() throws Exception {
        program.then(new Stop.Signalled(1, Signal.SIGTRAP, "")).then(new Stop.Signalled(1, Signal.SIGSEGV, ""));
        program.then(new Stop.Signalled(1, Signal.SIGUSR2, "")).then(new Stop.Terminated(Signal.SIGUSR2));
        assertThat(gdb.ask("QProgramSignals:b")).isEqualTo("OK");
        gdb.ask("vCont;c");
        assertThat(gdb.ask("D;1")).isEqualTo("OK");
        assertThat(gdb.isClosedByStub()).isTrue();
        try (RawClient next = served.gdb()) {
            assertThat(next.ask("?")).startsWith("T0b");
            assertThat(program.lastResume().actions()).isEqualTo(Map.of(1, Resume.Action.CONTINUE));
            assertThat(next.ask("vCont;c")).startsWith("T1f");
            next.ask("D;1");
            assertThat(next.isClosedByStub()).isTrue();
        }
        assertThat(served.ending()).isEqualTo(Ending.EXITED);
        assertThat(program.lastResume().actions().get(1).signal()).isEqualTo(Signal.SIGUSR2);
    }

    @Test
    void tell_of_threads_that_begin_and_end_if_asked() throws IOException {
        program.then(() -> program.begins(2), new Stop.ThreadCreated(2))
                .then(() -> program.ends(2), new Stop.ThreadExited(2, 3))
                .then(new Stop.Interrupted(1));
        assertThat(gdb.ask("vCont;c")).as("not asked").startsWith("T02");
        assertThat(program.resumes.get(1).actions()).containsOnlyKeys(1, 2);
        program.then(() -> program.begins(3), new Stop.ThreadCreated(3))
                .then(() -> program.ends(3), new Stop.ThreadExited(3, 3))
                .then(() -> {}, new Stop.NoneResumed());
        assertThat(gdb.ask("QThreadEvents:1")).isEqualTo("OK");
        assertThat(gdb.ask("vCont;c")).endsWith("thread:p1.3;core:0;create:;");
        assertThat(gdb.ask("vCont;c")).isEqualTo("w03;p1.3");
        assertThat(gdb.ask("qfThreadInfo")).isEqualTo("mp1.1");
        assertThat(gdb.ask("vCont;c")).isEqualTo("N");
        assertThat(gdb.ask("p10")).as("still to be looked at").isEqualTo("0010400000000000");
    }

    @Test
    void name_threads() throws IOException {
        assertThat(gdb.ask("qXfer:threads:read::0,1000"))
                .contains("<thread id=\"p1.1\" core=\"0\" name=\"worker &quot;1&quot;\">ring3</thread>");
        assertThat(gdb.ask("qGetTLSAddr:p1.1,10,0")).isEqualTo("7010");
        assertThat(gdb.ask("qGetTLSAddr:p1.1,10,7fff0000"))
                .as("a shared library's")
                .isEmpty();
        assertThat(gdb.ask("qGetTLSAddr:p1.2,10,0")).isEqualTo("E.no thread 2");
    }

    @Test
    void stand_still_when_told_so() throws IOException {
        program.begins(2);
        program.then(new Stop.StepDone(2));
        assertThat(gdb.ask("vCont;t:p1.1;s:p1.2")).contains("thread:p1.2;");
        assertThat(program.lastResume().actions()).isEqualTo(Map.of(2, Resume.Action.STEP));
        assertThat(gdb.ask("vCont;t")).isEqualTo("N");
        assertThat(program.resumes).hasSize(1);
    }

    @Test
    void show_and_change_what_comes_with_a_signal() throws IOException {
        assertThat(gdb.ask("qXfer:siginfo:read::0,100")).isEqualTo("l\u000b" + "\0".repeat(7));
        assertThat(gdb.ask("qXfer:siginfo:write::4:\u0001\u0002")).isEqualTo("2");
        assertThat(program.siginfo).containsExactly(11, 0, 0, 0, 1, 2, 0, 0);
        assertThat(gdb.ask("qXfer:siginfo:write::7:ab"))
                .isEqualTo("E.packet 'qXfer:siginfo:write': bytes 0x7 to 0x9 are not within the 8 of siginfo");
        assertThat(gdb.ask("qXfer:siginfo:write::ffffffffffffffff:ab")).startsWith("E.");
        assertThat(gdb.ask("qXfer:siginfo:write::8:")).isEqualTo("0");
    }

    @Test
    void make_a_stock_gdb_catch_system_calls_and_change_siginfo() throws Exception {
        gdb.leave();
        program.siginfo = new byte[128];
        program.siginfo[0] = 11;
        program.then(new Stop.SyscallEntry(1, 1)).then(new Stop.SyscallReturn(1, 1));
        program.then(new Stop.Signalled(1, Signal.SIGSEGV, "")).then(new Stop.Exited(5));
        String text = Gdb.script(
                "set osabi GNU/Linux",
                "target remote " + served.endpoint(),
                "handle SIGALRM nostop noprint pass",
                "catch syscall write",
                "continue",
                "continue",
                "continue",
                "p $_siginfo.si_signo",
                "set $_siginfo.si_code = 0x1234",
                "info threads",
                "continue");
        assertThat(text)
                .contains("Catchpoint 1 (call to syscall write)", "Catchpoint 1 (returned from syscall write)")
                .contains("Program received signal SIGSEGV", "$1 = 11")
                .contains("\"worker \"1\"\" (ring3)")
                .contains("exited with code 05");
        assertThat(program.siginfo).startsWith(11, 0, 0, 0, 0, 0, 0, 0, 0x34, 0x12);
        assertThat(program.resumes.getFirst().events().passSignals()).contains(Signal.SIGALRM, Signal.SIGCHLD);
        assertThat(program.lastResume().actions().get(1).signal()).isEqualTo(Signal.SIGSEGV);
    }
}
