package dev.ringscope.trace;

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

/** 32-bit code in flat segments that a test writes byte by byte. */
final class FlatGuest {
    static final int CODE = 0x1000;
    private static final int GDT = 0x2000;

    /** What is loaded: 16 MiB, with code segment 8 and data segment 16. */
    final ByteBuffer memory = ByteBuffer.allocate(16 << 20).order(ByteOrder.LITTLE_ENDIAN);

    FlatGuest() {
        memory.putLong(GDT + 8, 0x00cf_9b00_0000_ffffL).putLong(GDT + 16, 0x00cf_9300_0000_ffffL);
        memory.position(CODE);
    }

    /** Records so many instructions from {@link #CODE} on. */
    Path record(Path file, RecordingOptions options, long instructions) throws IOException {
        MachineDescription description = new MachineDescription(
                "x86_64",
                1,
                memory.capacity(),
                0,
                Machine.standardDevices(),
                "flat",
                "code of a test",
                List.of(),
                new TreeMap<>(),
                Registers.list());
        Machine machine = new Machine(description, new byte[0], new Wiring(null), options.detail() != Detail.FLOW);
        machine.load(ram -> {
            ram.load(0, memory.array(), 0, memory.capacity());
            return new EntryState(EntryState.Mode.PROTECTED32, 8, 16, CODE, 0, GDT, 0x17, new long[16]);
        });
        TraceRecorder recorder = new TraceRecorder(file, description, options);
        machine.setRecorder(recorder);
        machine.end(machine.run(instructions));
        recorder.finish(machine.state(), OptionalInt.empty());
        return file;
    }
}
