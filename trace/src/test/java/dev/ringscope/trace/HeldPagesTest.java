package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints whose pages are copied while the guest writes them again hold what was there at their moment. */
class HeldPagesTest {
    private static final int CODE = 0x1000, GDT = 0x2000, DATA = 0x10_0000;

    @TempDir
    Path folder;

    private static Machine machine(int megabytes, byte... code) {
        MachineDescription description = new MachineDescription(
                "x86_64",
                1,
                (long) megabytes << 20,
                0,
                Machine.standardDevices(),
                "flat",
                "writes",
                List.of(),
                new TreeMap<>(),
                Registers.list());
        ByteBuffer low = ByteBuffer.allocate(0x3000).order(ByteOrder.LITTLE_ENDIAN);
        low.putLong(GDT + 8, 0x00cf_9b00_0000_ffffL).putLong(GDT + 16, 0x00cf_9300_0000_ffffL);
        low.put(CODE, code);
        Machine machine = new Machine(description, new byte[0], new Wiring(null), false);
        machine.load(ram -> {
            ram.load(0, low.array(), 0, low.capacity());
            return new EntryState(EntryState.Mode.PROTECTED32, 8, 16, CODE, 0, GDT, 0x17, new long[16]);
        });
        return machine;
    }

    /**
     * Records a guest, verifies it, and compares memory and registers at some positions with a machine that just runs.
     */
    private void check(int megabytes, byte[] code, long chunk, long end, long... positions) throws IOException {
        Machine machine = machine(megabytes, code);
        Path file = folder.resolve("a.rst");
        RecordingOptions options =
                RecordingOptions.of(Detail.FLOW, 1_000_000_000, "test").withDistances(chunk, chunk, chunk);
        TraceRecorder recorder = new TraceRecorder(file, machine.description(), options);
        machine.setRecorder(recorder);
        machine.end(machine.run(end));
        recorder.finish(machine.state(), OptionalInt.empty());

        Machine plain = machine(megabytes, code);
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.map().checkpoints()).hasSizeGreaterThan(4);
            assertThat(new Verifier(trace).verify(_ -> {})).isEqualTo(trace.chunkCount());
            Timeline timeline = new Timeline(trace, Detail.FLOW);
            for (long position : positions) {
                plain.run(position);
                timeline.seek(position);
                assertThat(Registers.read(timeline.machine().cpu())).isEqualTo(Registers.read(plain.cpu()));
                byte[] memory = timeline.machine().memory().whole();
                assertThat(memory).as("memory at %d", position).isEqualTo(plain.memory().bytes);
            }
        }
    }

    @Test
    void aGuestThatWritesAllItsMemoryAgainAndAgain() throws IOException {
        int megabytes = 72; // more than may be copied and not encoded yet
        ByteBuffer code = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        code.put((byte) 0x40); // inc eax
        code.put((byte) 0xbf).putInt(DATA); // mov edi
        code.put((byte) 0xb9).putInt((megabytes << 20) - DATA >> 2); // mov ecx
        code.put(new byte[] {(byte) 0xf3, (byte) 0xab}); // rep stosd
        code.put((byte) 0xbf).putInt(DATA); // mov edi
        int loop = code.position();
        code.put(new byte[] {0x31, 0x3f, (byte) 0x81, (byte) 0xc7}).putInt(4096); // xor [edi], edi; add edi
        code.put(new byte[] {(byte) 0x81, (byte) 0xff}).putInt(megabytes << 20); // cmp edi
        code.put(new byte[] {0x75, (byte) (loop - code.position() - 2)}); // jne
        code.put(new byte[] {(byte) 0xeb, (byte) -(code.position() + 2)}); // jmp to the start

        check(megabytes, code.array(), 50_000, 500_000, 49_999, 50_001, 123_456, 250_000, 300_003, 450_000);
    }

    @Test
    void aGateThatHidesAPageDoesNotHideItFromCheckpoints() throws IOException {
        ByteBuffer code = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        code.put(new byte[] {(byte) 0xc7, 0x05}).putInt(DATA).putInt(0x1234_5678); // mov [DATA]
        code.put(new byte[] {(byte) 0xb0, 0, (byte) 0xe6, (byte) 0x92}); // mov al, 0; out 0x92: A20 off
        code.put((byte) 0xb9).putInt(20); // mov ecx
        code.put(new byte[] {(byte) 0xe2, (byte) 0xfe}); // loop to itself
        code.put(new byte[] {(byte) 0xb0, 2, (byte) 0xe6, (byte) 0x92}); // mov al, 2; out 0x92: A20 on
        code.put(new byte[] {(byte) 0x8b, 0x1d}).putInt(DATA); // mov ebx, [DATA]
        code.put(new byte[] {(byte) 0xeb, (byte) 0xfe}); // jmp to itself

        check(2, code.array(), 5, 60, LongStream.rangeClosed(1, 59).toArray());
    }
}
