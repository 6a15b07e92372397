package dev.ringscope.emulator.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.user.GuestProgram.Live;
import dev.ringscope.emulator.user.GuestProgram.Outcome;
import dev.ringscope.emulator.user.ProcessView.Phase;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program for i386 does as on the host, and a debugger finds what belongs to it; {@code testdata/programs/narrow.c}.
 */
class NarrowProgramTest {
    private static final int KILL = 37, SIGUSR1 = 10, SIGSEGV = 11;

    @TempDir
    private static Path folder;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        program = NativeRun.compile(
                folder, "narrow", "-m32", "-O1", "-nostdlib", "-static", "-fno-stack-protector", "-fno-pie", "-no-pie");
    }

    private static Live start() throws Exception {
        Live live = new GuestProgram(program, "argument").start();
        while (ProcessView.of(live.machine()).isEmpty()) {
            live.machine().step();
        }
        return live;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void doesAsOnTheHostAndInAReplay() throws Exception {
        NativeRun expected = NativeRun.of(new byte[0], program, "argument");
        Outcome outcome = new GuestProgram(program, "argument").run();

        assertThat(outcome.text()).as(outcome.story()).isEqualTo(expected.output());
        assertThat(outcome.status()).isEqualTo(expected.status());
        Outcome again = new GuestProgram(program).replay(outcome.events());
        assertThat(again.text()).isEqualTo(outcome.text());
        assertThat(again.registers()).isEqualTo(outcome.registers());
    }

    @Test
    void itsAuxiliaryVectorHasWordsOfFourBytes() throws Exception {
        Live live = start();
        assertThat(live.view().wide()).isFalse();
        ByteBuffer auxiliary = little(live.view().auxiliaryVector());
        long entry = 0;
        while (auxiliary.remaining() > 8) {
            int key = auxiliary.getInt();
            int value = auxiliary.getInt();
            entry = key == 9 ? value : entry; // AT_ENTRY
        }
        assertThat(entry).isEqualTo(live.view().entry());
        live.runTo(entry);
        assertThat(live.view().words(live.view().pid(), "cs")).containsExactly(0x23);
    }

    @Test
    void itsSiginfoHasTheLayoutOfI386() throws Exception {
        Live live = start();
        live.runTo(live.view().signalStop());
        ByteBuffer fault = little(live.view().signal().orElseThrow().information());
        assertThat(fault.getInt(0)).isEqualTo(SIGSEGV);
        assertThat(fault.getInt(8)).as("SEGV_MAPERR").isEqualTo(1);
        assertThat(fault.getInt(12)).as("si_addr").isEqualTo(0x1230);

        live.runTo(live.view().signalStop());
        ByteBuffer kill = little(live.view().signal().orElseThrow().information());
        assertThat(kill.getInt(0)).isEqualTo(SIGUSR1);
        assertThat(kill.getInt(12)).as("si_pid").isEqualTo(live.view().pid());
    }

    @Test
    void itsSystemCallsHaveTheNumbersOfI386() throws Exception {
        Live live = start();
        do {
            live.runTo(live.view().callEntry());
        } while (live.view().call().orElseThrow().number() != KILL);
        assertThat(live.view().call().orElseThrow().wide()).isFalse();

        live.runTo(live.view().callReturn(), live.view().signalStop());
        assertThat(live.view().phase()).isEqualTo(Phase.CALL_RETURN);
        assertThat(live.view().call().orElseThrow().number()).isEqualTo(KILL);
        assertThat(live.view().call().orElseThrow().result()).isZero();
    }
}
