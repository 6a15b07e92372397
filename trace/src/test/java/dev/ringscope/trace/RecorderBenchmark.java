package dev.ringscope.trace;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Block;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;

/**
 * Measures the recorder alone, on a stream that is like real code: nested loops over 2,000 blocks with calls, strided
 * and random accesses, now and then a trap. Not a test: {@code RecorderBenchmark [flow|memory] [millions of
 * instructions]}. Prints instructions per second of wall-clock time and of each thread's processor time, and bytes per
 * instruction.
 */
public final class RecorderBenchmark {
    private static final int BLOCKS = 2000;
    private static final int BATCH = 4096;

    private final Random random = new Random(1);
    private final Block[] blocks = new Block[BLOCKS];
    private final FakeMachine machine = new FakeMachine();
    private final TraceRecorder recorder;
    private final boolean memory;
    private final int[] flow = new int[BATCH];
    private int flowCount;
    private final AccessLog log = new AccessLog();
    private long nextChunk;
    private long iteration;

    private RecorderBenchmark(TraceRecorder recorder, boolean memory) {
        this.recorder = recorder;
        this.memory = memory;
    }

    public static void main(String[] arguments) throws IOException {
        Detail detail = Detail.valueOf(arguments.length > 0 ? arguments[0].toUpperCase(java.util.Locale.ROOT) : "FLOW");
        long instructions = 1_000_000L * (arguments.length > 1 ? Long.parseLong(arguments[1]) : 200);
        Path file = Files.createTempFile("benchmark", ".rst");
        RecordingOptions options = RecordingOptions.of(detail, 0, "benchmark").withOverwrite(true);
        TraceRecorder recorder = new TraceRecorder(file, FakeMachine.description(), options);
        RecorderBenchmark benchmark = new RecorderBenchmark(recorder, detail != Detail.FLOW);
        long start = System.nanoTime();
        benchmark.run(instructions);
        recorder.flush();
        report("guest's thread", Thread.currentThread().getName(), instructions);
        report("encoder's thread", "trace-encoder", instructions);
        report("writer's thread", "trace-writer", instructions);
        recorder.finish(benchmark.machine, OptionalInt.empty());
        System.out.printf(
                "%s: %.1f M instructions/s, %.4f bytes per instruction%n",
                detail.text(),
                instructions / ((System.nanoTime() - start) / 1e3),
                (double) Files.size(file) / instructions);
        Files.delete(file);
    }

    private static void report(String what, String name, long instructions) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        for (long id : threads.getAllThreadIds()) {
            if (threads.getThreadInfo(id) != null
                    && threads.getThreadInfo(id).getThreadName().equals(name)) {
                System.out.printf(
                        "%s: %.1f M/s of its processor time%n",
                        what, instructions / (threads.getThreadCpuTime(id) / 1e3));
            }
        }
    }

    private void run(long instructions) {
        while (machine.position < instructions) {
            int function = random.nextInt(BLOCKS / 10) * 10;
            int loops = 1 + (int) Math.abs(random.nextGaussian() * 20);
            for (int i = 0; i < loops; i++) {
                for (int block = function; block < function + 4 + i % 3; block++) {
                    execute(block);
                }
                iteration++;
            }
            if (random.nextInt(500) == 0) {
                recorder.event(
                        new Event.Trap(machine.position, Event.Cause.EXTERNAL_INTERRUPT, 48, -1, 0, 16, 0x1000, "", 0));
            }
        }
        flush();
    }

    private void execute(int number) {
        if (machine.position >= nextChunk) {
            flush();
            machine.write(number * 64L, number);
            nextChunk = recorder.chunkEnd(machine);
        }
        if (blocks[number] == null) {
            define(number);
        }
        flow[flowCount++] = blocks[number].id;
        int length = blocks[number].length();
        if (memory) {
            access(number, length);
        }
        machine.position += length;
        if (flowCount == BATCH) {
            flush();
        }
    }

    private int defined;

    private void define(int number) {
        int[] lengths = new int[2 + random.nextInt(7)];
        Arrays.setAll(lengths, i -> 2 + random.nextInt(5));
        blocks[number] = Blocks.block(defined++, 0x400000 + 64L * number, 0x1000 + 64L * number, lengths);
        recorder.define(blocks[number]);
    }

    /** Four in ten instructions: a strided load, a store to the stack, sometimes a load from anywhere. */
    private void access(int number, int length) {
        if (log.count > AccessLog.CAPACITY - 8) {
            recorder.accesses(log);
            log.base = machine.position;
            log.count = 0;
        }
        add(0, 0x10_0000 + 8 * iteration + 4096L * number, 8, iteration ^ number);
        add(length / 2, 0x7fff_0000 - 16L * (number % 16), 8 | AccessLog.WRITE, 0x400000 + number);
        if (number % 3 == 0) {
            add(length - 1, 0x20_0000 + (number * 2654435761L + iteration * 40503L & 0xf_fff8), 4, iteration & 0xff);
        }
    }

    private void add(int instruction, long address, int kind, long value) {
        int n = log.count++;
        log.address[n] = address;
        log.value[n] = value;
        log.kind[n] = (byte) kind;
        log.instruction[n] = (int) (machine.position - log.base) + instruction;
    }

    private void flush() {
        recorder.flow(flow, flowCount);
        flowCount = 0;
        if (memory) {
            recorder.accesses(log);
            log.base = machine.position;
            log.count = 0;
        }
    }
}
