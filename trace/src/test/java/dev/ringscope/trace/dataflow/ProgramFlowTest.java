package dev.ringscope.trace.dataflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.insn.Def;
import dev.ringscope.emulator.insn.Encoding;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.X86Isa;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.RecordingOptions;
import dev.ringscope.trace.TraceRecorder;
import dev.ringscope.trace.query.Origin;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Touch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where a program's results come from, against what they depend on: a program at random loads all registers from
 * memory, computes, and stores them. It runs again with one byte of that memory changed; the origin of every byte that
 * then differs must have reached the changed one.
 */
class ProgramFlowTest {
    private static final int LENGTH = 40, ASKED = 30, CHANGED = 80;
    private static final int INPUT = SteppedMachine.WINDOW, IMAGE = INPUT + 512, OUTPUT = INPUT + 1024;
    private static final int RSI = 6, RSP = 4;
    /** Where the status word, the tags and the registers lie in FXSAVE's image. */
    private static final int TAGS = 4, REGISTERS = 32;

    private static final Origin.Limits ALL =
            new Origin.Limits(new Provenance.Following(true, true), Integer.MAX_VALUE, 0, 0);

    @TempDir
    Path folder;

    /** Straight code that stays within the window, and leaves RSI and RSP alone: found by trying. */
    private static byte[] body(SteppedMachine stepped, Random random) {
        RandomInstruction instructions = new RandomInstruction(random, stepped.code64);
        List<Encoding> encodings = new ArrayList<>();
        for (Def def : X86Isa.table().definitions()) {
            String family = def.method.getDeclaringClass().getSimpleName();
            if (family.matches("Arithmetic|Bits|Decimal|Exchanges|Logic|Moves|Multiplication|Packed.*|Shifts|Sse.*"
                    + "|Fpu(Arithmetic|Comparisons|Functions|Loads|Stores)|FlagInstructions")) {
                encodings.addAll(def.encodings);
            }
        }
        byte[] state = new byte[SteppedMachine.BYTES];
        random.nextBytes(state);
        for (int n = 0; n < state.length; n++) {
            state[n] &= (byte) stepped.bits(n);
        }
        SteppedMachine.setRegister(state, RSI, INPUT);
        SteppedMachine.setRegister(state, RSP, INPUT + 1536);
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        for (int done = 0; done < LENGTH; ) {
            Encoding encoding = encodings.get(random.nextInt(encodings.size()));
            RandomInstruction.Code next = instructions.next(encoding, stepped.nextCode());
            if (next == null || !simple(next.instruction())) {
                continue;
            }
            stepped.setCode(next.bytes());
            SteppedMachine.Done step = stepped.execute(state);
            if (step.after() != null
                    && SteppedMachine.register(step.after(), RSI) == INPUT
                    && SteppedMachine.register(step.after(), RSP) == INPUT + 1536) {
                state = step.after();
                stepped.top = stepped.machine.cpu().fpu.status() >> 11 & 7;
                stepped.tags = stepped.machine.cpu().fpu.abridgedTag();
                code.writeBytes(next.bytes());
                done++;
            }
        }
        return code.toByteArray();
    }

    private static boolean simple(Instruction i) {
        boolean elsewhere = i.def.name().matches("bt[src]?|maskmov.*");
        return !i.memory || !elsewhere && i.base == RSI && i.index < 0 && i.disp % 16 == 0;
    }

    private static void loads(ByteArrayOutputStream code, boolean code64, boolean stores) {
        int at = stores ? OUTPUT : INPUT;
        for (int n = 0; n < (code64 ? 16 : 8); n++) {
            if (n != RSI && n != RSP) {
                int opcode = stores ? 0x89 : 0x8b;
                byte[] move = {(byte) (0x48 | n >> 3 << 2), (byte) opcode, (byte) (0x86 | (n & 7) << 3)};
                code.writeBytes(code64 ? move : Arrays.copyOfRange(move, 1, 3)); // mov n, [rsi + ...]
                little(code, at - INPUT + 8 * n);
            }
        }
    }

    private static void little(ByteArrayOutputStream code, int value) {
        for (int n = 0; n < 4; n++) {
            code.write(value >> 8 * n);
        }
    }

    /** FXRSTOR or FXSAVE. */
    private static void image(ByteArrayOutputStream code, boolean stores) {
        code.writeBytes(new byte[] {0x0f, (byte) 0xae, (byte) (stores ? 0x86 : 0x8e)});
        little(code, (stores ? OUTPUT + 512 : IMAGE) - INPUT);
    }

    private static byte[] program(boolean code64, byte[] body) {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        image(code, false);
        loads(code, code64, false);
        code.writeBytes(body);
        code.writeBytes(new byte[] {(byte) 0xbe}); // mov esi
        little(code, INPUT);
        image(code, true);
        loads(code, code64, true);
        code.writeBytes(new byte[] {(byte) 0x90, (byte) 0xf4}); // nop; hlt
        return code.toByteArray();
    }

    private static byte[] input(Random random) {
        byte[] input = new byte[1024];
        random.nextBytes(input);
        Arrays.fill(input, 512, 512 + REGISTERS, (byte) 0);
        input[512] = 0x7f; // the x87 control word: everything masked
        input[513] = 3;
        input[512 + TAGS] = (byte) 0xff;
        input[512 + 24] = (byte) 0x80; // MXCSR
        input[512 + 25] = 0x1f;
        return input;
    }

    /** @return empty if something was not executed, for a fault */
    private static byte[] run(SteppedMachine.Guest guest) {
        Machine machine = guest.machine();
        machine.run(10_000);
        boolean whole = machine.cpu().pc > SteppedMachine.WINDOW;
        return whole ? Arrays.copyOfRange(machine.memory().bytes, OUTPUT, OUTPUT + 1024) : new byte[0];
    }

    private static Set<Long> reached(Recording recording, long address) throws IOException {
        Set<Long> reached = new HashSet<>();
        long end = recording.trace().endPosition() - 1;
        Origin.Ending ending = Origin.ofMemory(recording, Touch.Space.PHYSICAL, address, 1, end, ALL, node -> {
            if (node.leaf() == Leaf.INITIAL) {
                Arrays.stream(node.bytes()).forEach(reached::add);
            }
            return true;
        });
        assertThat(ending.complete()).isTrue();
        return reached;
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 32})
    void whatDiffersWasReached(int bits) throws IOException {
        Random random = new Random(bits);
        boolean code64 = bits == 64;
        byte[] code = program(code64, body(new SteppedMachine(code64), random));
        byte[] input = input(random);
        SteppedMachine.Guest guest = new SteppedMachine.Guest(code64, code, input, RSI);
        byte[] output = run(guest);
        Map<Integer, Set<Integer>> differing = new TreeMap<>();
        for (int run = 0; run < CHANGED; run++) {
            int place = random.nextInt(3) == 0 ? random.nextInt(128) : 512 + REGISTERS + random.nextInt(384);
            byte[] changed = input.clone();
            changed[place] ^= (byte) (1 + random.nextInt(255));
            byte[] other = run(new SteppedMachine.Guest(code64, code, changed, RSI));
            for (int n = 0; n < other.length; n++) {
                if (other[n] != output[n]) {
                    differing.computeIfAbsent(n, _ -> new HashSet<>()).add(place);
                }
            }
        }
        List<Integer> asked = differing.keySet().stream()
                .filter(n -> n < 512 || n >= 512 + REGISTERS) // MXCSR's flags are not followed
                .filter(n -> !differing.get(n).equals(Set.of(n))) // it was moved or computed
                .sorted(Comparator.comparing(n -> -differing.get(n).size()))
                .limit(ASKED)
                .toList();
        assertThat(asked).hasSizeGreaterThan(3);
        try (Recording recording = record(guest)) {
            for (int place : asked) {
                Set<Long> inputs =
                        differing.get(place).stream().map(n -> (long) INPUT + n).collect(Collectors.toSet());
                assertThat(reached(recording, OUTPUT + place))
                        .as("output %d", place)
                        .containsAll(inputs);
            }
        }
    }

    private Recording record(SteppedMachine.Guest guest) throws IOException {
        Path file = folder.resolve("program.rst");
        Machine machine = guest.machine();
        RecordingOptions options = RecordingOptions.of(Detail.FLOW, 1_000_000_000, "test");
        TraceRecorder recorder = new TraceRecorder(file, machine.description(), options);
        machine.setRecorder(recorder);
        machine.end(machine.run(10_000));
        recorder.finish(machine.state(), OptionalInt.empty());
        return Recording.open(file);
    }
}
