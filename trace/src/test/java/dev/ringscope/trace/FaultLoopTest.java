package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.trace.query.Verifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A handler that faults itself executes no instruction for as long as its stack lasts. Where that has no end, a trace
 * that claims the machine went on is refused; where it has one, the recording can be replayed however many faults it
 * is.
 */
class FaultLoopTest {
    private static final int IDT = 0x3000, HANDLER = 0x8000;
    /** Bytes that an exception pushes: EIP, CS, EFLAGS. */
    private static final int FRAME = 12;

    @TempDir
    Path folder;

    /** @param stack where the frames begin, downwards */
    private Path record(int stack, long instructions) throws IOException {
        FlatGuest guest = new FlatGuest();
        ByteBuffer memory = guest.memory;
        memory.putLong(IDT + 6 * 8, 0x8e00_0008_0000L | HANDLER);
        memory.position(HANDLER);
        memory.put(new byte[] {0x0f, 0x0b}); // ud2
        memory.putShort(0xf00, (short) 0xff).putInt(0xf02, IDT);
        memory.position(FlatGuest.CODE);
        memory.put(new byte[] {0x0f, 0x01, 0x1d}).putInt(0xf00); // lidt [0xf00]
        memory.put(new byte[] {(byte) 0xbc}).putInt(stack); // mov esp
        memory.put(new byte[] {(byte) 0x90, 0x0f, 0x0b}); // nop; ud2
        return guest.record(
                folder.resolve("loop.rst"), RecordingOptions.of(Detail.FLOW, 1_000_000_000, "test"), instructions);
    }

    @Test
    void aMachineThatExecutesNothingAnyMoreIsToldApart() throws IOException {
        try (TraceReader trace = TraceReader.open(record(FlatGuest.CODE / 2, 3))) {
            Timeline timeline = new Timeline(trace, Detail.FLOW);
            timeline.seek(3);
            assertThatThrownBy(() -> timeline.run(4))
                    .isInstanceOf(DivergenceException.class)
                    .hasMessageContaining("loop.rst")
                    .hasMessageContaining("stopped");
        }
    }

    /**
     * The last frame lies where the handler's UD2 was: what it pushes as EIP and CS is ADD [EAX + 80000h], AL, and what
     * follows are instructions, too.
     */
    @Test
    void moreFaultsThanAReplayAllowsWithoutBeingToldAreReplayed() throws IOException {
        int faults = (1 << 20) + 1_000;
        try (TraceReader trace = TraceReader.open(record(HANDLER + faults * FRAME, 20))) {
            assertThat(trace.endPosition()).isEqualTo(20);
            long traps = 0;
            for (int chunk = 0; chunk < trace.chunkCount(); chunk++) {
                traps += trace.events(chunk).getTraps();
            }
            assertThat(traps).isEqualTo(faults);
            Timeline timeline = new Timeline(trace, Detail.FLOW);
            timeline.seek(4);
            assertThat(timeline.machine().cpu().pc).isEqualTo(HANDLER + 6);
            timeline.run(20);
            timeline.compareEnd();
            assertThat(new Verifier(trace).verify(_ -> {})).isEqualTo(1); // the others are cut where they are full
        }
    }
}
