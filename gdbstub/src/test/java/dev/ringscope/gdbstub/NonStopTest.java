package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Non-stop mode: threads stop one by one, and packets are answered while others run. */
@Timeout(60)
class NonStopTest {
    private static final Resume.Action STEP = Resume.Action.STEP, CONTINUE = Resume.Action.CONTINUE;

    private final ScriptedProgram program = new ScriptedProgram();
    private Served served;
    private RawClient gdb;

    @BeforeEach
    void connect() throws IOException {
        program.begins(2);
        served = new Served(program);
        gdb = served.gdb();
        assertThat(gdb.ask("qSupported:multiprocess+;swbreak+;no-resumed+")).contains(";QNonStop+");
        assertThat(gdb.ask("QNonStop:1")).isEqualTo("OK");
    }

    @AfterEach
    void disconnect() throws IOException {
        gdb.close();
        served.close();
    }

    private String next() throws IOException {
        return gdb.ask("vStopped");
    }

    private Map<Integer, Resume.Action> running() throws IOException {
        gdb.ask("qC"); // once this is answered, the run that was under way is over
        return program.lastResume().actions();
    }

    @Test
    void every_thread_that_stands_is_told_of() throws IOException {
        assertThat(gdb.ask("?")).startsWith("T05").contains("thread:p1.1;");
        assertThat(next()).startsWith("T00").contains("thread:p1.2;");
        assertThat(next()).isEqualTo("OK");
        assertThat(gdb.ask("vCont;c:p1.2")).isEqualTo("OK");
        assertThat(gdb.ask("?")).contains("thread:p1.1;");
        assertThat(next()).isEqualTo("OK");
    }

    @Test
    void one_stops_while_the_other_runs_on() throws IOException {
        program.then(new Stop.Watch(2, Watchpoint.Kind.WRITE, 0x5000));
        gdb.send("vCont;c:p1.-1");
        assertThat(gdb.answer()).isEqualTo("OK");
        assertThat(gdb.notification()).startsWith("Stop:T05").contains("thread:p1.2;", "watch:5000;");
        assertThat(next()).isEqualTo("OK");
        assertThat(running()).isEqualTo(Map.of(1, CONTINUE));
    }

    @Test
    void stops_are_told_one_after_the_other() throws IOException {
        program.then(new Stop.StepDone(2)).then(new Stop.Signalled(1, Signal.SIGUSR1, ""));
        gdb.send("vCont;s:p1.2;c:p1.1");
        assertThat(gdb.answer()).isEqualTo("OK");
        assertThat(gdb.notification()).startsWith("Stop:T05").contains("thread:p1.2;");
        assertThat(next()).startsWith("T1e").contains("thread:p1.1;");
        assertThat(gdb.ask("vCont;c:p1.1"))
                .as("it has stopped, and the client is about to hear of it")
                .isEqualTo("OK");
        assertThat(next()).isEqualTo("OK");
        assertThat(program.resumes).hasSize(2);
        assertThat(program.resumes.getFirst().actions()).isEqualTo(Map.of(1, CONTINUE, 2, STEP));
        assertThat(program.resumes.getLast().actions()).isEqualTo(Map.of(1, CONTINUE));
    }

    @Test
    void threads_that_step_take_turns() throws IOException {
        program.then(new Stop.StepDone(1)).then(new Stop.StepDone(2));
        gdb.send("vCont;s");
        assertThat(gdb.answer()).isEqualTo("OK");
        assertThat(gdb.notification()).contains("thread:p1.1;");
        assertThat(next()).contains("thread:p1.2;");
        assertThat(next()).isEqualTo("OK");
        assertThat(program.resumes.getFirst().actions()).isEqualTo(Map.of(1, STEP));
        assertThat(program.resumes.getLast().actions()).isEqualTo(Map.of(2, STEP));
    }

    @Test
    void a_running_thread_is_stopped_by_t_and_one_of_them_by_vCtrlC() throws IOException {
        gdb.ask("vCont;c");
        gdb.send("vCont;t:p1.2");
        assertThat(gdb.notification()).startsWith("Stop:T00").contains("thread:p1.2;");
        assertThat(gdb.answer()).isEqualTo("OK");
        assertThat(next()).isEqualTo("OK");
        assertThat(running()).isEqualTo(Map.of(1, CONTINUE));
        gdb.send("vCtrlC");
        assertThat(gdb.notification()).startsWith("Stop:T02").contains("thread:p1.1;");
        assertThat(gdb.answer()).isEqualTo("OK");
        assertThat(next()).isEqualTo("OK");
        assertThat(gdb.ask("vCtrlC")).as("nobody runs").isEqualTo("OK");
    }

    @Test
    void the_interrupt_byte_counts_too() throws IOException {
        gdb.ask("vCont;c:p1.2");
        gdb.raw(new byte[] {3});
        assertThat(gdb.notification()).startsWith("Stop:T02").contains("thread:p1.2;");
    }

    @Test
    void a_signal_is_given_once_and_a_thread_that_begins_runs() throws IOException {
        program.then(() -> program.begins(3), new Stop.ThreadCreated(3)).then(new Stop.StepDone(3));
        assertThat(gdb.ask("vCont;C1e:p1.1")).isEqualTo("OK");
        assertThat(gdb.notification()).contains("thread:p1.3;");
        assertThat(program.resumes.getFirst().actions())
                .isEqualTo(Map.of(1, new Resume.Action(Resume.Kind.CONTINUE, Signal.SIGUSR1)));
        assertThat(program.resumes.get(1).actions()).isEqualTo(Map.of(1, CONTINUE, 3, CONTINUE));
        assertThat(running()).isEqualTo(Map.of(1, CONTINUE));
    }

    @Test
    void a_thread_that_begins_runs_on_when_the_one_that_made_it_stops() throws IOException {
        program.then(() -> program.begins(3), new Stop.StepDone(1));
        gdb.send("vCont;c:p1.1");
        assertThat(gdb.answer()).isEqualTo("OK");
        assertThat(gdb.notification()).contains("thread:p1.1;");
        assertThat(next()).isEqualTo("OK");
        assertThat(running()).isEqualTo(Map.of(3, CONTINUE));
    }

    @Test
    void the_end_is_told_and_so_is_that_nobody_is_left_to_run() throws IOException {
        program.then(() -> program.ends(2), new Stop.NoneResumed()).then(new Stop.Exited(3));
        gdb.ask("vCont;c:p1.2");
        assertThat(gdb.notification()).isEqualTo("Stop:N");
        assertThat(next()).isEqualTo("OK");
        gdb.ask("vCont;c");
        assertThat(gdb.notification()).isEqualTo("Stop:W03;process:1");
        assertThat(next()).isEqualTo("OK");
        assertThat(gdb.ask("?")).isEqualTo("W03;process:1");
        assertThat(gdb.ask("vCont;c")).startsWith("E.");
    }

    @Test
    void nothing_goes_back_and_all_stop_mode_can_be_had_again() throws IOException {
        assertThat(gdb.ask("bc")).isEmpty();
        assertThat(gdb.ask("QNonStop:0")).isEqualTo("OK");
        assertThat(gdb.ask("vStopped")).isEmpty();
        assertThat(gdb.ask("vCtrlC")).isEmpty();
        program.then(new Stop.StepDone(1));
        assertThat(gdb.ask("vCont;c")).startsWith("T05");
    }
}
