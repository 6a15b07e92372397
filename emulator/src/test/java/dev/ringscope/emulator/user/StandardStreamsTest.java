package dev.ringscope.emulator.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.user.GuestProgram.Live;
import dev.ringscope.emulator.user.GuestProgram.Outcome;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Standard input that lets one wait, and output that nobody reads; {@code testdata/programs/stops.c}. */
class StandardStreamsTest {
    private static final int READ = 0, SIGUSR2 = 12;

    @TempDir
    private static Path folder;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        program = NativeRun.compile(folder, "stops", "-O2", "-static");
    }

    /** Interrupts the machine as soon as it is read, and gives two bytes when it is told to. */
    private static final class SlowInput extends InputStream {
        private final CountDownLatch given = new CountDownLatch(1);
        private Machine machine;
        private boolean ended;

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] into, int offset, int count) {
            if (ended) {
                return -1;
            }
            machine.interrupt();
            try {
                given.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            ended = true;
            into[offset] = 'o';
            into[offset + 1] = 'k';
            return 2;
        }
    }

    private static Live interruptedInRead(SlowInput input) throws Exception {
        Live live = new GuestProgram(program, "read").input(input).start();
        input.machine = live.machine();
        assertThat(live.machine().run(Long.MAX_VALUE)).isEqualTo(StopReason.INTERRUPTED);
        assertThat(live.view().words(live.view().pid(), "orig_rax")).containsExactly(READ);
        return live;
    }

    @Test
    void aProgramThatWaitsForInputCanBeInterruptedAndGoesOnWaiting() throws Exception {
        SlowInput input = new SlowInput();
        Live live = interruptedInRead(input);
        live.machine().interrupt();
        assertThat(live.machine().run(Long.MAX_VALUE)).isEqualTo(StopReason.INTERRUPTED);
        input.given.countDown();

        Outcome outcome = live.finish();

        assertThat(outcome.text()).startsWith("read 2, 0 came\n");
        Outcome again = new GuestProgram(program).replay(outcome.events());
        assertThat(again.text()).isEqualTo(outcome.text());
        assertThat(again.position()).isEqualTo(outcome.position());
    }

    @Test
    void aSignalThatADebuggerSendsInterruptsTheWaitForInput() throws Exception {
        SlowInput input = new SlowInput();
        Live live = interruptedInRead(input);
        live.view().send(live.view().pid(), SIGUSR2);

        Outcome outcome = live.finish();

        assertThat(outcome.text())
                .as("EINTR, since the handler has no SA_RESTART")
                .startsWith("signal 12, code 0, from process 1\nread -1, 1 came\n");
        Outcome again = new GuestProgram(program).replay(outcome.events());
        assertThat(again.text()).isEqualTo(outcome.text());
        assertThat(again.position()).isEqualTo(outcome.position());
        input.given.countDown();
    }

    @Test
    void aSuppressedSignalLeavesTheProgramWaiting() throws Exception {
        SlowInput input = new SlowInput();
        Live live = interruptedInRead(input);
        live.view().send(live.view().pid(), SIGUSR2);
        live.runTo(live.view().signalStop());
        live.view().replaceSignal(0);
        input.given.countDown();

        assertThat(live.finish().text()).startsWith("read 2, 0 came\n");
    }

    @Test
    void whoeverWritesWhereNobodyReadsGetsSigpipe() throws Exception {
        Outcome outcome = new GuestProgram(program).brokenAfter(5).run();

        assertThat(outcome.text()).isEqualTo("signa");
        assertThat(outcome.status()).as(outcome.story()).isEqualTo(128 + 13);
        assertThat(outcome.explanation()).isEqualTo("killed by signal 13 (SIGPIPE)");
    }

    @Test
    void inputAtItsEndGivesNothing() throws Exception {
        assertThat(new GuestProgram(program, "read").run().text()).startsWith("read 0, 0 came\n");
    }
}
