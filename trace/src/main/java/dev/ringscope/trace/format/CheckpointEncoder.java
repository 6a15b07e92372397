package dev.ringscope.trace.format;

import com.google.protobuf.ByteString;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.proto.trace.v1.Checkpoint;
import dev.ringscope.proto.trace.v1.DeviceState;
import dev.ringscope.proto.trace.v1.MachineState;
import dev.ringscope.proto.trace.v1.Pages;
import dev.ringscope.proto.trace.v1.RegisterValue;
import dev.ringscope.proto.trace.v1.Registers;
import dev.ringscope.proto.trace.v1.StateSection;
import java.io.Closeable;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes checkpoints: {@link #begin}, then the changed pages in ascending order, then {@link #end}. Pages packets leave
 * as soon as they are large enough.
 */
public final class CheckpointEncoder implements Closeable {
    /** The state of a machine, taken over from a snapshot so that another thread can encode it. */
    @SuppressWarnings("ArrayRecordComponent")
    public record State(
            long position,
            long time,
            boolean full,
            List<Snapshot.Context> contexts,
            List<long[]> registers,
            List<byte[]> processors,
            List<Snapshot.DeviceState> devices,
            byte[] machine) {}

    private final Compressor compressor;
    private final List<MachineDescription.Register> registers;
    private PageGroups.Builder pages;
    private boolean full;
    private int packets;
    private long pageCount;
    private long number;

    public CheckpointEncoder(boolean zstd, List<MachineDescription.Register> registers) {
        compressor = new Compressor(zstd);
        this.registers = List.copyOf(registers);
    }

    /** The next checkpoint has this number. */
    public void resume(long nextNumber) {
        number = nextNumber;
    }

    /** @param full zero pages need not be told */
    public void begin(long position, boolean full) {
        pages = new PageGroups.Builder(compressor, position);
        this.full = full;
        packets = 0;
        pageCount = 0;
    }

    /**
     * Some pages, at most 256, which are compressed together.
     *
     * @param numbers ascending
     * @param bytes 4096 for each; moved about, but not kept
     */
    public void pages(long[] numbers, byte[] bytes, Consumer<Pages> out) {
        long[] kept = new long[numbers.length];
        long[] zero = new long[numbers.length];
        int keptCount = 0;
        int zeroCount = 0;
        for (int i = 0; i < numbers.length; i++) {
            if (isZero(bytes, i * PageGroups.PAGE)) {
                zero[zeroCount++] = numbers[i];
            } else {
                System.arraycopy(bytes, i * PageGroups.PAGE, bytes, keptCount * PageGroups.PAGE, PageGroups.PAGE);
                kept[keptCount++] = numbers[i];
            }
        }
        if (keptCount > 0) {
            pages.add(Arrays.copyOf(kept, keptCount), bytes);
        }
        pageCount += keptCount;
        if (zeroCount > 0 && !full) {
            pages.addZero(Arrays.copyOf(zero, zeroCount));
            pageCount += zeroCount;
        }
        if (pages.full()) {
            flush(out);
        }
    }

    public Checkpoint end(State state, Consumer<Pages> out) {
        if (!pages.empty()) {
            flush(out);
        }
        Checkpoint.Builder checkpoint = Checkpoint.newBuilder()
                .setNumber(number++)
                .setPosition(state.position)
                .setTime(state.time)
                .setFull(state.full)
                .setPagePackets(packets)
                .setPageCount(pageCount)
                .setState(section(state));
        state.contexts.forEach(context -> checkpoint.addContexts(ChunkEncoder.context(context)));
        state.registers.forEach(values -> checkpoint.addRegisters(registers(values)));
        return checkpoint.build();
    }

    @Override
    public void close() {
        compressor.close();
    }

    private void flush(Consumer<Pages> out) {
        out.accept(pages.take());
        packets++;
    }

    private static boolean isZero(byte[] bytes, int at) {
        for (int i = at; i < at + PageGroups.PAGE; i += 8) {
            if ((long) Bytes.LONG.get(bytes, i) != 0) {
                return false;
            }
        }
        return true;
    }

    private StateSection section(State state) {
        MachineState.Builder machine = MachineState.newBuilder().setMachine(ByteString.copyFrom(state.machine));
        state.processors.forEach(bytes -> machine.addProcessors(ByteString.copyFrom(bytes)));
        for (Snapshot.DeviceState device : state.devices) {
            machine.addDevices(
                    DeviceState.newBuilder().setName(device.name()).setState(ByteString.copyFrom(device.state())));
        }
        MachineState message = machine.build();
        byte[] bytes = message.toByteArray();
        StateSection.Builder section = StateSection.newBuilder().setUncompressedSize(bytes.length);
        return (compressor.enabled()
                        ? section.setZstd(compressor.compress(bytes, 0, bytes.length))
                        : section.setPlain(message))
                .build();
    }

    private Registers registers(long[] words) {
        Registers.Builder out = Registers.newBuilder();
        int at = 0;
        for (MachineDescription.Register register : registers) {
            if (register.bits() <= Long.SIZE) {
                out.addValues(RegisterValue.newBuilder().setWord(words[at]));
            } else {
                byte[] wide = new byte[8 * register.words()];
                for (int i = 0; i < register.words(); i++) {
                    Bytes.LONG.set(wide, 8 * i, words[at + i]);
                }
                out.addValues(
                        RegisterValue.newBuilder().setWide(ByteString.copyFrom(wide, 0, (register.bits() + 7) / 8)));
            }
            at += register.words();
        }
        return out.build();
    }
}
