package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.Wiring;
import dev.ringscope.emulator.boot.EntryState;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.trace.query.Verifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A handler that faults itself executes no instruction for as long as its stack lasts. Where that has no end, a trace
 * that claims the machine went on is refused; where it has one, the recording can be replayed however many faults it
 * is.
 */
class FaultLoopTest {
    private static final int CODE = 0x1000, GDT = 0x2000, IDT = 0x3000, HANDLER = 0x8000;
    /** Bytes that an exception pushes: EIP, CS, EFLAGS. */
    private static final int FRAME = 12;

    @TempDir
    Path folder;

    /** @param stack where the frames begin, downwards */
    private Path record(int stack, long instructions) throws IOException {
        ByteBuffer memory = ByteBuffer.allocate(16 << 20).order(ByteOrder.LITTLE_ENDIAN);
        memory.putLong(GDT + 8, 0x00cf_9b00_0000_ffffL).putLong(GDT + 16, 0x00cf_9300_0000_ffffL);
        memory.putLong(IDT + 6 * 8, 0x8e00_0008_0000L | HANDLER);
        memory.position(HANDLER);
        memory.put(new byte[] {0x0f, 0x0b}); // ud2
        memory.putShort(0xf00, (short) 0xff).putInt(0xf02, IDT);
        memory.position(CODE);
        memory.put(new byte[] {0x0f, 0x01, 0x1d}).putInt(0xf00); // lidt [0xf00]
        memory.put(new byte[] {(byte) 0xbc}).putInt(stack); // mov esp
        memory.put(new byte[] {(byte) 0x90, 0x0f, 0x0b}); // nop; ud2
        MachineDescription description = new MachineDescription(
                "x86_64",
                1,
                memory.capacity(),
                0,
                Machine.standardDevices(),
                "flat",
                "a loop of faults",
                List.of(),
                new TreeMap<>(),
                Registers.list());
        Machine machine = new Machine(description, new byte[0], new Wiring(null), false);
        machine.load(ram -> {
            ram.load(0, memory.array(), 0, memory.capacity());
            return new EntryState(EntryState.Mode.PROTECTED32, 8, 16, CODE, 0, GDT, 0x17, new long[16]);
        });
        Path file = folder.resolve("loop.rst");
        RecordingOptions options = RecordingOptions.of(Detail.FLOW, 1_000_000_000, "test");
        TraceRecorder recorder = new TraceRecorder(file, description, options);
        machine.setRecorder(recorder);
        machine.end(machine.run(instructions));
        recorder.finish(machine.state(), OptionalInt.empty());
        return file;
    }

    @Test
    void aMachineThatExecutesNothingAnyMoreIsToldApart() throws IOException {
        try (TraceReader trace = TraceReader.open(record(CODE / 2, 3))) {
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
