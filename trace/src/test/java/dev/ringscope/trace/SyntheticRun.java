package dev.ringscope.trace;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.insn.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/**
 * A run that never happened: random blocks, events, accesses and register writes told to a recorder as a machine would,
 * and kept as what a reader must find.
 */
final class SyntheticRun {
    record Instruction(long position, long address, int ring, List<Byte> code) {}

    record Access(long position, long address, int size, boolean write, long value) {}

    record RegisterWrite(long position, int register, int word, long value) {}

    private static final int BATCH = 64;

    final List<Instruction> instructions = new ArrayList<>();
    final List<Event> events = new ArrayList<>();
    final List<Access> accesses = new ArrayList<>();
    final List<RegisterWrite> registerWrites = new ArrayList<>();
    final FakeMachine machine = new FakeMachine();

    private final Random random;
    private final Recorder recorder;
    private final TraceRecorder registers;
    private final List<Block> blocks = new ArrayList<>();
    private final int[] flow = new int[BATCH + 2];
    private int flowCount;
    private final AccessLog log = new AccessLog();
    private final RegisterLog registerLog = new RegisterLog();
    private int ring;
    private long nextChunk;

    SyntheticRun(long seed, TraceRecorder recorder) {
        random = new Random(seed);
        this.recorder = recorder;
        registers = recorder;
    }

    /** Runs so many instructions, or a few more; the recording is open afterwards. */
    SyntheticRun run(long count) {
        while (machine.position < count) {
            if (machine.position >= nextChunk) {
                flush();
                nextChunk = recorder.chunkEnd(machine);
            }
            if (random.nextInt(12) == 0) {
                event();
            }
            block();
        }
        flush();
        return this;
    }

    void finish() {
        Event end = new Event.End(machine.position, StopReason.POWER_OFF, "ACPI S5");
        events.add(end);
        recorder.event(end);
        registers.finish(machine, OptionalInt.of(7));
    }

    private void block() {
        boolean fresh = blocks.isEmpty() || random.nextInt(20) == 0;
        Block block = fresh ? define() : blocks.get(random.nextInt(blocks.size()));
        int retired = block.length();
        flow[flowCount++] = block.id;
        boolean reachesChunk = machine.position + retired > nextChunk;
        if (reachesChunk || random.nextInt(15) == 0) {
            retired = reachesChunk ? (int) (nextChunk - machine.position) : random.nextInt(retired);
            flow[flowCount++] = Recorder.PARTIAL | retired;
        }
        long address = block.linear;
        int at = 0;
        for (int i = 0; i < retired; i++) {
            int length = block.ops[i].instruction().length;
            List<Byte> code = new ArrayList<>();
            for (int k = 0; k < length; k++) {
                code.add(block.bytes[at++]);
            }
            instructions.add(new Instruction(machine.position, address, ring, code));
            address += length;
            accesses(block.id * 64L + i);
            machine.position++;
        }
        if (flowCount >= BATCH) {
            flush();
        }
    }

    private Block define() {
        int[] lengths = new int[1 + random.nextInt(8)];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = 1 + random.nextInt(15);
        }
        long physical = random.nextInt(FakeMachine.PAGES * 4096);
        Block block = Blocks.block(blocks.size(), 0xffff_ffff_8100_0000L + physical * 3, physical, lengths);
        blocks.add(block);
        recorder.define(block);
        return block;
    }

    private void accesses(long seed) {
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            boolean write = random.nextBoolean();
            int size = 1 << random.nextInt(4);
            long address =
                    random.nextInt(4) == 0 ? random.nextLong() : 0x7000 + 8 * (seed % 100) + machine.position % 3;
            long value = random.nextInt(3) == 0 ? random.nextLong() : seed;
            value = size == 8 ? value : value & (1L << 8 * size) - 1;
            accesses.add(new Access(machine.position, address, size, write, value));
            add(address, size, write, value);
            if (write) {
                machine.write(random.nextInt(FakeMachine.PAGES * 4096), random.nextInt());
            }
        }
        if (random.nextInt(2) == 0) {
            int part = random.nextInt(2) == 0 ? 0 : 2 * 8 + random.nextInt(2);
            long value = random.nextLong();
            registerWrites.add(new RegisterWrite(machine.position, part >> 3, part & 7, value));
            registerLog.part[registerLog.count] = part;
            registerLog.value[registerLog.count] = value;
            registerLog.instruction[registerLog.count++] = (int) (machine.position - registerLog.base);
        }
    }

    private void add(long address, int size, boolean write, long value) {
        int n = log.count++;
        log.address[n] = address;
        log.value[n] = value;
        log.kind[n] = (byte) (size | (write ? AccessLog.WRITE : 0));
        log.instruction[n] = (int) (machine.position - log.base);
    }

    private void event() {
        Event event = RandomEvents.next(random, machine.position, ring, machine.context);
        if (event instanceof Event.RingChange change) {
            ring = change.to();
            machine.context = new dev.ringscope.emulator.Snapshot.Context(
                    ring, change.toMode(), machine.context.translationRoot());
        }
        if (event instanceof Event.SystemRegisterWrite write && write.register().equals("cr3")) {
            machine.context =
                    new dev.ringscope.emulator.Snapshot.Context(ring, machine.context.mode(), write.newValue());
        }
        if (event instanceof Event.Halt halt) {
            machine.skipped += halt.until() - halt.from();
        }
        events.add(event);
        recorder.event(event);
    }

    private void flush() {
        if (flowCount > 0) {
            recorder.flow(flow, flowCount);
            flowCount = 0;
        }
        recorder.accesses(log);
        log.base = machine.position;
        log.count = 0;
        registers.registers(registerLog);
        registerLog.base = machine.position;
        registerLog.count = 0;
    }
}
