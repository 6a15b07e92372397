package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.Wiring;
import dev.ringscope.emulator.boot.EntryState;
import dev.ringscope.emulator.x86.Registers;
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
 * A handler that faults itself, on a stack without an end, executes no instruction for ever: a trace that claims the
 * machine went on is refused.
 */
class FaultLoopTest {
    private static final int CODE = 0x1000, HANDLER = 0x1100, GDT = 0x2000, IDT = 0x3000;

    @TempDir
    Path folder;

    private Path record() throws IOException {
        ByteBuffer memory = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
        memory.putLong(GDT + 8, 0x00cf_9b00_0000_ffffL).putLong(GDT + 16, 0x00cf_9300_0000_ffffL);
        memory.putLong(IDT + 6 * 8, 0x8e00_0008_0000L | HANDLER);
        memory.position(HANDLER);
        memory.put(new byte[] {0x0f, 0x0b}); // ud2
        memory.putShort(0xf00, (short) 0xff).putInt(0xf02, IDT);
        memory.position(CODE);
        memory.put(new byte[] {0x0f, 0x01, 0x1d}).putInt(0xf00); // lidt [0xf00]
        memory.put(new byte[] {(byte) 0xbc}).putInt(0x8_0000); // mov esp
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
        machine.end(machine.run(3));
        recorder.finish(machine.state(), OptionalInt.empty());
        return file;
    }

    @Test
    void aMachineThatExecutesNothingAnyMoreIsToldApart() throws IOException {
        try (TraceReader trace = TraceReader.open(record())) {
            Timeline timeline = new Timeline(trace, Detail.FLOW);
            timeline.seek(3);
            assertThatThrownBy(() -> timeline.run(4))
                    .isInstanceOf(DivergenceException.class)
                    .hasMessageContaining("loop.rst")
                    .hasMessageContaining("stopped");
        }
    }
}
