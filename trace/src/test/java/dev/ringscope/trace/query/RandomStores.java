package dev.ringscope.trace.query;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.Wiring;
import dev.ringscope.emulator.boot.FlatLoader;
import dev.ringscope.emulator.boot.Image;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.trace.RecordingOptions;
import dev.ringscope.trace.TraceRecorder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;

/** A real-mode guest of random loads, stores, pushes and string stores, aligned and not, in a loop without end. */
final class RandomStores {
    private static final int START = 0x7c00;
    private static final int LENGTH = 16_000;
    private static final int[] SEGMENTS = {0x1000, 0x1fff, 0x2345, 0x5000};

    private RandomStores() {}

    static void record(Path file, RecordingOptions options, long instructions) throws IOException {
        MachineDescription description = new MachineDescription(
                "x86_64",
                1,
                1 << 20,
                0,
                Machine.standardDevices(),
                "flat",
                "random stores",
                List.of(),
                new TreeMap<>(),
                Registers.list());
        Machine machine = new Machine(description, new byte[0], new Wiring(null), true);
        machine.load(new FlatLoader(new Image("random", code(new Random(11))), START));
        TraceRecorder recorder = new TraceRecorder(file, description, options);
        machine.setRecorder(recorder);
        machine.end(machine.run(instructions));
        recorder.finish(machine.state(), OptionalInt.empty());
    }

    private static byte[] code(Random random) {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        code.writeBytes(new byte[] {(byte) 0x8c, (byte) 0xc8, (byte) 0x8e, (byte) 0xd0}); // mov ax, cs; mov ss, ax
        segment(code, random); // so that nothing is stored into the code
        while (code.size() < LENGTH) {
            one(code, random);
        }
        int back = -(code.size() + 3);
        code.write(0xe9); // jmp to the start
        word(code, back);
        return code.toByteArray();
    }

    private static void one(ByteArrayOutputStream code, Random random) {
        switch (random.nextInt(9)) {
            case 0 -> segment(code, random);
            case 1 -> {
                code.write(0xbc); // mov sp
                word(code, 0x2000 + random.nextInt(0x4000));
            }
            case 2 -> code.write(0x50); // push ax
            case 3 -> {
                code.write(0xbf); // mov di; mov cx; rep stosb or stosw
                word(code, random.nextInt(0xf000));
                code.write(0xb9);
                word(code, random.nextInt(300));
                code.write(0xf3);
                code.write(0xaa + random.nextInt(2));
            }
            case 4 -> moffs(code, random, 0xa0 + random.nextInt(2)); // mov al or ax, [..]
            case 5 -> moffs(code, random, 0xa2); // mov [..], al
            case 6 -> moffs(code, random, 0xa3); // mov [..], ax
            default -> {
                code.write(0x66); // mov [..], eax
                moffs(code, random, 0xa3);
            }
        }
    }

    private static void segment(ByteArrayOutputStream code, Random random) {
        code.write(0xb8); // mov ax, a segment; mov ds, ax; mov es, ax
        word(code, SEGMENTS[random.nextInt(SEGMENTS.length)]);
        code.writeBytes(new byte[] {(byte) 0x8e, (byte) 0xd8, (byte) 0x8e, (byte) 0xc0});
    }

    private static void moffs(ByteArrayOutputStream code, Random random, int opcode) {
        code.write(opcode);
        word(code, random.nextInt(0xfff0));
    }

    private static void word(ByteArrayOutputStream code, int value) {
        code.write(value);
        code.write(value >> 8);
    }
}
