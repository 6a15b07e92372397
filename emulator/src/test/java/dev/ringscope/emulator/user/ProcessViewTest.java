package dev.ringscope.emulator.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.user.GuestProgram.Live;
import dev.ringscope.emulator.user.GuestProgram.Outcome;
import dev.ringscope.emulator.user.ProcessView.Phase;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a debugger reads of a program, and how it takes part in signals; {@code testdata/programs/stops.c}. */
class ProcessViewTest {
    private static final int KILL = 62, SIGUSR1 = 10, SIGUSR2 = 12, SIGSEGV = 11;

    @TempDir
    private static Path folder;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        program = NativeRun.compile(folder, "stops", "-O2", "-static");
    }

    private static Live start() throws Exception {
        Live live = new GuestProgram(program, "one", "two words").named("stops").start();
        assertThat(ProcessView.of(live.machine())).isEmpty();
        while (ProcessView.of(live.machine()).isEmpty()) {
            live.machine().step();
        }
        live.runTo(live.view().entry());
        return live;
    }

    private static Live atSignal(int number) throws Exception {
        Live live = start();
        live.runTo(live.view().signalStop());
        assertThat(live.view().phase()).isEqualTo(Phase.SIGNAL_STOP);
        assertThat(live.view().signal().orElseThrow().number()).isEqualTo(number);
        return live;
    }

    private static ByteBuffer information(Live live) {
        return ByteBuffer.wrap(live.view().signal().orElseThrow().information()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The same from the inputs alone. */
    private static void replaysTheSame(Outcome outcome) {
        Outcome again = new GuestProgram(program).replay(outcome.events());
        assertThat(again.text()).isEqualTo(outcome.text()).isNotEmpty();
        assertThat(again.position()).isEqualTo(outcome.position());
        assertThat(again.registers()).isEqualTo(outcome.registers());
    }

    @Test
    void tellsWhatRuns() throws Exception {
        ProcessView view = start().view();

        assertThat(view.phase()).isEqualTo(Phase.PROGRAM);
        assertThat(view.wide()).isTrue();
        assertThat(view.executable()).isEqualTo(program.toAbsolutePath().toString());
        assertThat(view.arguments()).containsExactly("stops", "one", "two words");
        assertThat(view.threads()).containsExactly(view.pid());
        assertThat(view.currentThread()).isEqualTo(view.pid());
        assertThat(view.words(view.pid(), "rip")).containsExactly(view.entry());
        ByteBuffer auxiliary = ByteBuffer.wrap(view.auxiliaryVector()).order(ByteOrder.LITTLE_ENDIAN);
        long entry = 0;
        while (auxiliary.remaining() > 16) {
            long key = auxiliary.getLong();
            long value = auxiliary.getLong();
            entry = key == 9 ? value : entry; // AT_ENTRY
        }
        assertThat(entry).isEqualTo(view.entry());
        assertThat(auxiliary.getLong()).as("AT_NULL").isZero();
    }

    @Test
    void stopsAtTheEntryAndTheReturnOfASystemCall() throws Exception {
        Live live = start();
        do {
            live.runTo(live.view().callEntry());
        } while (live.view().call().orElseThrow().number() != KILL);
        ProcessView.Call entry = live.view().call().orElseThrow();
        assertThat(entry.wide()).isTrue();
        assertThat(live.view().words(entry.tid(), "rsi")).containsExactly(SIGUSR1);
        assertThat(live.view().words(entry.tid(), "orig_rax")).containsExactly(KILL);

        live.runTo(live.view().callReturn(), live.view().signalStop());
        assertThat(live.view().phase())
                .as("the call returns before its signal comes")
                .isEqualTo(Phase.CALL_RETURN);
        assertThat(live.view().call().orElseThrow().result()).isZero();
        assertThat(live.view().call().orElseThrow().number()).isEqualTo(KILL);
        live.runTo(live.view().callReturn(), live.view().signalStop());
        assertThat(live.view().phase()).isEqualTo(Phase.SIGNAL_STOP);
        live.runTo(live.view().callReturn(), live.view().signalStop());
        assertThat(live.view().call().orElseThrow().number())
                .as("kill does not return twice")
                .isNotEqualTo(KILL);
    }

    @Test
    void aResultThatTheDebuggerChangesIsTheOneTheProgramGets() throws Exception {
        Live live = start();
        do {
            live.runTo(live.view().callReturn());
        } while (live.view().call().orElseThrow().number() != KILL);

        live.view().write(live.view().pid(), "rax", 77);

        Outcome outcome = live.finish();
        assertThat(outcome.text()).contains("kill gave 77, 1 came");
        replaysTheSame(outcome);
    }

    @Test
    void aSignalThatNobodyTouchesIsDelivered() throws Exception {
        Live live = atSignal(SIGUSR1);
        assertThat(information(live).getInt(0)).isEqualTo(SIGUSR1);
        assertThat(information(live).getInt(8)).as("SI_USER").isZero();
        assertThat(information(live).getInt(16)).isEqualTo(live.view().pid());

        Outcome outcome = live.finish();

        assertThat(outcome.text()).isEqualTo("signal 10, code 0, from process 0\nkill gave 0, 1 came\n1 came\n");
        assertThat(outcome.status()).isEqualTo(139);
        Outcome alone =
                new GuestProgram(program, "one", "two words").named("stops").run();
        assertThat(alone.position()).as("a debugger changes nothing").isEqualTo(outcome.position());
        replaysTheSame(outcome);
    }

    @Test
    void aSuppressedSignalDoesNotCome() throws Exception {
        Live live = atSignal(SIGUSR1);
        live.view().replaceSignal(0);

        Outcome outcome = live.finish();

        assertThat(outcome.text()).isEqualTo("kill gave 0, 0 came\n0 came\n");
        replaysTheSame(outcome);
    }

    @Test
    void anotherSignalComesInstead() throws Exception {
        Live live = atSignal(SIGUSR1);
        live.view().replaceSignal(SIGUSR2);

        Outcome outcome = live.finish();

        assertThat(outcome.text()).startsWith("signal 12, code 0, from process 1\nkill gave 0, 1 came\n");
        replaysTheSame(outcome);
    }

    @Test
    void aFaultStopsBeforeItKillsAndCanBeSurvived() throws Exception {
        Live live = atSignal(SIGUSR1);
        live.runTo(live.view().signalStop());
        assertThat(live.view().signal().orElseThrow().number()).isEqualTo(SIGSEGV);
        assertThat(information(live).getInt(8)).as("SEGV_MAPERR").isEqualTo(1);
        assertThat(information(live).getLong(16)).isEqualTo(0x1234);
        int tid = live.view().currentThread();
        assertThat(live.view().words(tid, "orig_rax")).containsExactly(-1);
        live.view().replaceSignal(0);
        long rip = live.view().words(tid, "rip")[0];
        live.view().write(tid, "rip", rip + 11); // past movl $1, 0x1234

        Outcome outcome = live.finish();

        assertThat(outcome.status()).as(outcome.story()).isZero();
        replaysTheSame(outcome);
    }

    @Test
    void aSignalThatTheDebuggerSendsInterruptsTheProgram() throws Exception {
        Live live = start();
        live.runTo(live.view().signalStop());
        live.runTo(live.view().callReturn()); // a write, or the first one's rt_sigreturn
        live.machine().setBreakpoints(java.util.Set.of(), java.util.Set.of());
        while (live.view().phase() != Phase.PROGRAM) {
            live.machine().step();
        }
        long before = live.machine().position();
        live.view().send(live.view().pid(), SIGUSR2);
        live.runTo(live.view().signalStop());
        assertThat(live.view().signal().orElseThrow().number()).isEqualTo(SIGUSR2);
        assertThat(live.machine().position() - before)
                .as("only the kernel's way to the stop")
                .isLessThan(100);

        Outcome outcome = live.finish();

        assertThat(outcome.text()).contains("signal 12, code 0, from process 1").contains("2 came");
        replaysTheSame(outcome);
    }

    @Test
    void whatCannotBeIsRefused() throws Exception {
        ProcessView view = start().view();

        assertThatThrownBy(() -> view.send(view.pid(), 65)).hasMessage("there is no signal 65");
        assertThatThrownBy(() -> view.send(3, 1)).hasMessage("there is no thread 3");
        assertThatThrownBy(() -> view.words(3, "rax")).hasMessage("there is no thread 3");
        assertThatThrownBy(() -> view.replaceSignal(0)).hasMessage("no signal is about to be delivered");
    }
}
