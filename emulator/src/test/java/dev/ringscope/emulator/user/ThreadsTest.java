package dev.ringscope.emulator.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.user.GuestProgram.Live;
import dev.ringscope.emulator.user.GuestProgram.Outcome;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads as a debugger sees them, {@code testdata/programs/spin.c}, and how programs with threads end. */
class ThreadsTest {
    private static final long HELD = 0x1234_5678_9abc_def0L;

    @TempDir
    private static Path folder;

    private static Path spin;

    @BeforeAll
    static void compile() throws Exception {
        spin = NativeRun.compile(folder, "spin", "-O1", "-static");
    }

    /** The first thread is about to get its signal, the second spins. */
    private static Live whileOneSpins(String... arguments) throws Exception {
        Live live = new GuestProgram(spin, arguments).start();
        while (ProcessView.of(live.machine()).isEmpty()) {
            live.machine().step();
        }
        live.runTo(live.view().signalStop());
        return live;
    }

    @Test
    void theRegistersOfAThreadThatDoesNotRunAreThoseItWillGoOnWith() throws Exception {
        Live live = whileOneSpins();
        ProcessView view = live.view();
        int first = view.pid();

        assertThat(view.threads()).hasSize(2).startsWith(first);
        int other = view.threads().getLast();
        assertThat(view.currentThread()).isEqualTo(first);
        assertThat(view.signal().orElseThrow().tid()).isEqualTo(first);
        assertThat(view.words(other, "r12")).containsExactly(HELD);
        assertThat(view.words(other, "xmm5")).startsWith(HELD);
        assertThat(view.words(other, "st0")).containsExactly(0xc90f_daa2_2168_c235L, 0x4000);
        assertThat(view.words(other, "ftag")).containsExactly(0x3fff);
        assertThat(view.words(other, "cs")).containsExactly(0x33);
        assertThat(view.words(other, "orig_rax")).containsExactly(-1);
        assertThat(view.words(other, "fs_base")).isNotEqualTo(view.words(first, "fs_base"));
        live.runTo(view.words(other, "rip")[0]);
        assertThat(live.view().currentThread()).isEqualTo(other);
        assertThat(live.view().words(other, "st0")).containsExactly(0xc90f_daa2_2168_c235L, 0x4000);
        assertThat(live.view().words(other, "r12")).containsExactly(HELD);
    }

    @Test
    void whatADebuggerWritesToAThreadThatDoesNotRunIsWhatItGoesOnWith() throws Exception {
        Live live = whileOneSpins();
        live.view().write(live.view().threads().getLast(), "r12", 0xbeef);

        Outcome outcome = live.finish();

        assertThat(outcome.text()).isEqualTo("the thread gave beef\n");
        Outcome again = new GuestProgram(spin).replay(outcome.events());
        assertThat(again.text()).isEqualTo(outcome.text());
        assertThat(again.position()).isEqualTo(outcome.position());
        assertThat(again.registers()).isEqualTo(outcome.registers());
    }

    @Test
    void aThreadThatHasEndedIsGone() throws Exception {
        Live live = whileOneSpins();
        live.runTo(live.view().signalStop());

        assertThat(live.view().threads()).isEqualTo(List.of(live.view().pid()));
        assertThatThrownBy(() -> live.view().words(live.view().pid() + 1, "rax"))
                .hasMessage("there is no thread " + (live.view().pid() + 1));
    }

    @Test
    void threadsThatWaitForEachOtherAreADeadlock() throws Exception {
        Outcome outcome = new GuestProgram(spin, "deadlock").run();

        assertThat(outcome.reason()).isEqualTo(StopReason.HALTED);
        assertThat(outcome.explanation())
                .isEqualTo("a deadlock: all 2 threads of the program wait for what never comes");
    }

    @Test
    void twoRunsAreTheSame() throws Exception {
        Path threads = NativeRun.compile(folder, "threads", "-O2", "-static");
        Outcome one = new GuestProgram(threads, "x").run();
        Outcome other = new GuestProgram(threads, "x").run();

        assertThat(told(other)).isEqualTo(told(one));
        assertThat(other.position()).isEqualTo(one.position());
    }

    private static List<String> told(Outcome outcome) {
        return outcome.events().stream()
                .map(event -> event instanceof Event.Input i
                        ? i.position() + i.source() + HexFormat.of().formatHex(i.data())
                        : event.toString())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit", "last"})
    void aProgramWithThreadsEndsAsOnTheHost(String how) throws Exception {
        Path threads = NativeRun.compile(folder, "threads", "-O2", "-static");
        NativeRun expected = NativeRun.of(new byte[0], threads, how);
        Outcome outcome = new GuestProgram(threads, how).run();

        assertThat(outcome.text()).as(outcome.story()).isEqualTo(expected.output());
        assertThat(outcome.status()).as(outcome.story()).isEqualTo(expected.status());
    }
}
