package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Repeated string instructions done by pages leave what they leave one element at a time, in memory, registers and the
 * log of accesses: the same instructions on two processors, one of which has all its pages watched and therefore never
 * does many elements at once.
 */
class StringRunsTest {
    private static final int CASES = 1_000;
    /** Reaches to the end of memory. */
    private static final int DATA = 0x60000, DATA_SIZE = 0xa0000;

    private static final String[] OPERATIONS = {"a4", "a5", "a6", "a7", "aa", "ab", "ac", "ad", "ae", "af"};

    private enum Mode {
        LONG,
        PROTECTED;

        BareProcessor make() {
            return this == LONG ? BareProcessor.longMode(0) : BareProcessor.protectedMode(0);
        }
    }

    private final Random random = new Random(20);

    /** Sums up accesses, and remembers the last one. */
    private static final class Accesses implements Recorder.OfEvents {
        private final BareProcessor processor;
        private long sum;
        private long count;
        private String last = "none";

        Accesses(BareProcessor processor) {
            this.processor = processor;
            processor.cpu.recorder = this;
            processor.cpu.log = new AccessLog();
        }

        @Override
        public void event(Event event) {
            processor.events.add(event);
        }

        @Override
        public void accesses(AccessLog log) {
            for (int i = 0; i < log.count; i++) {
                long where = 31 * (log.base + log.instruction[i]) + log.address[i];
                sum = 31 * (31 * (31 * sum + where) + log.value[i]) + log.kind[i];
            }
            if (log.count > 0) {
                int i = log.count - 1;
                last = "%x at %d: %x %x"
                        .formatted(log.kind[i], log.base + log.instruction[i], log.address[i], log.value[i]);
            }
            count += log.count;
        }

        String text() {
            processor.cpu.logFull();
            return "%d accesses, %x, the last %s".formatted(count, sum, last);
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyElementsAtOnceLeaveTheSame(Mode mode) {
        check(mode, mode.make(), mode.make(), () -> {});
    }

    @ParameterizedTest
    @EnumSource
    void manyElementsAtOnceAreLoggedAsEachOfThem(Mode mode) {
        BareProcessor runs = mode.make();
        BareProcessor elements = mode.make();
        Accesses logged = new Accesses(runs);
        Accesses expected = new Accesses(elements);
        check(mode, runs, elements, () -> assertThat(logged.text()).isEqualTo(expected.text()));
        assertThat(logged.count).isGreaterThan(1_000_000);
    }

    private void check(Mode mode, BareProcessor runs, BareProcessor elements, Runnable more) {
        for (int page = 0; page < elements.cpu.memory.pageFlags.length; page++) {
            elements.cpu.paging.mark(page, PhysicalMemory.WATCHED);
        }
        int cut = 0;
        for (int n = 0; n < CASES; n++) {
            String code = code(mode);
            fillData(runs, elements);
            start(runs, elements, mode);
            runs.run(code);
            elements.run(code);
            String what = "case %d: %s".formatted(n, code);
            assertThat(state(runs)).as(what).isEqualTo(state(elements));
            assertThat(Arrays.mismatch(runs.cpu.ram, elements.cpu.ram)).as(what).isEqualTo(-1);
            more.run();
            cut += runs.cpu.pc == BareProcessor.PROGRAM && runs.traps().isEmpty() ? 1 : 0;
        }
        assertThat(cut).as("instructions cut after many elements").isBetween(CASES / 100, CASES / 10);
    }

    private String code(Mode mode) {
        StringBuilder code = new StringBuilder(random.nextBoolean() ? "f3" : "f2");
        code.append(random.nextInt(4) == 0 ? "66" : "");
        code.append(mode == Mode.LONG && random.nextInt(4) == 0 ? "67" : "");
        code.append(random.nextInt(6) == 0 ? "64" : "");
        code.append(mode == Mode.LONG && random.nextBoolean() ? "48" : "");
        return code + OPERATIONS[random.nextInt(OPERATIONS.length)];
    }

    /** Long stretches of one byte, so that comparisons go far, and some that differ. */
    private void fillData(BareProcessor... processors) {
        byte[] data = new byte[DATA_SIZE];
        Arrays.fill(data, (byte) random.nextInt(3));
        for (int n = random.nextInt(4) * random.nextInt(6); n > 0; n--) {
            data[random.nextInt(DATA_SIZE)] = (byte) random.nextInt(3);
        }
        if (random.nextInt(8) == 0) {
            random.nextBytes(data);
        }
        for (BareProcessor p : processors) {
            p.cpu.paging.writeOutside(DATA, data);
        }
    }

    private void start(BareProcessor one, BareProcessor other, Mode mode) {
        long source = DATA + random.nextInt(DATA_SIZE / 2);
        long destination =
                random.nextInt(3) == 0 ? source + random.nextInt(64) - 32 : DATA + random.nextInt(DATA_SIZE / 2);
        boolean down = random.nextInt(3) == 0;
        boolean many = !down && random.nextInt(8) == 0; // downwards they would meet the tables
        long count = many ? random.nextInt(200_000) : random.nextInt(1 << random.nextInt(1, 12));
        long accumulator = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(3) * 0x0101_0101_0101_0101L;
        long base = random.nextInt(3) * 0x123L;
        long limit = random.nextInt(3) == 0 ? DATA + random.nextInt(DATA_SIZE / 2) : 0xffff_ffffL;
        for (BareProcessor p : new BareProcessor[] {one, other}) {
            p.events.clear();
            Arrays.fill(p.cpu.r, 0);
            p.cpu.r[X86Cpu.RSP] = BareProcessor.stackTop(0) - 0x100;
            p.cpu.r[X86Cpu.RSI] = source;
            p.cpu.r[X86Cpu.RDI] = destination;
            p.cpu.r[X86Cpu.RCX] = count;
            p.cpu.r[X86Cpu.RAX] = accumulator;
            p.cpu.pc = BareProcessor.PROGRAM;
            p.cpu.setEflags(down ? X86Cpu.DF : 0);
            p.cpu.seg[Instruction.FS].base = base;
            if (mode == Mode.PROTECTED) {
                p.cpu.seg[Instruction.DS].limit = limit;
                p.cpu.seg[Instruction.ES].limit = limit ^ 0x1000;
            }
        }
    }

    private static String state(BareProcessor p) {
        X86Cpu cpu = p.cpu;
        return "%s pc %x retired %d flags %x %x %x registers %s"
                .formatted(
                        p.outcome(),
                        cpu.pc,
                        cpu.retired,
                        cpu.fr,
                        cpu.fc,
                        cpu.systemFlags,
                        HexFormat.of().formatHex(bytes(cpu.r)));
    }

    private static byte[] bytes(long[] registers) {
        byte[] bytes = new byte[8 * registers.length];
        for (int n = 0; n < bytes.length; n++) {
            bytes[n] = (byte) (registers[n / 8] >>> 8 * (7 - n % 8));
        }
        return bytes;
    }
}
