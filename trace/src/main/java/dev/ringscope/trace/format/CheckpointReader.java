package dev.ringscope.trace.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.proto.trace.v1.Checkpoint;
import dev.ringscope.proto.trace.v1.MachineState;
import dev.ringscope.proto.trace.v1.RegisterValue;
import dev.ringscope.proto.trace.v1.Registers;
import java.util.ArrayList;
import java.util.List;

/** Reads a checkpoint's packet. Its memory is in the pages packets in front of it. */
public final class CheckpointReader {
    private static final int MAX_ENVELOPE = 1 << 20;

    private final Place place;
    private final List<Snapshot.Context> contexts = new ArrayList<>();
    private final List<WireInput> registers = new ArrayList<>();
    private WireInput state;
    private long number;
    private long position;
    private long time;
    private boolean full;
    private int pagePackets;
    private long pageCount;

    public CheckpointReader(PacketInput.Packet packet) {
        WireInput in = packet.body();
        while (in.next()) {
            switch (in.field()) {
                case Checkpoint.NUMBER_FIELD_NUMBER -> number = in.varint();
                case Checkpoint.POSITION_FIELD_NUMBER -> position = in.varint();
                case Checkpoint.TIME_FIELD_NUMBER -> time = in.varint();
                case Checkpoint.FULL_FIELD_NUMBER -> full = in.varint() != 0;
                case Checkpoint.PAGE_PACKETS_FIELD_NUMBER ->
                    pagePackets = (int) in.varint(Integer.MAX_VALUE, "a count of packets");
                case Checkpoint.PAGE_COUNT_FIELD_NUMBER -> pageCount = in.varint();
                case Checkpoint.CONTEXTS_FIELD_NUMBER -> contexts.add(ChunkEnvelope.context(in.message()));
                case Checkpoint.REGISTERS_FIELD_NUMBER -> registers.add(in.message());
                case Checkpoint.STATE_FIELD_NUMBER -> state = in.message();
                default -> in.skip();
            }
        }
        place = in.place().in("checkpoint " + number);
        place.verify(position >= 0, "a position below 2^63", position);
        place.verify(
                contexts.size() == 1 && registers.size() == 1,
                "the context and registers of 1 processor",
                contexts.size());
        if (state == null) {
            throw place.expected("a state, found none");
        }
    }

    public long number() {
        return number;
    }

    public long position() {
        return position;
    }

    /** Virtual time in nanoseconds. */
    public long time() {
        return time;
    }

    /** Pages that are not stored in it are zero, whatever was stored earlier. */
    public boolean full() {
        return full;
    }

    int pagePackets() {
        return pagePackets;
    }

    long pageCount() {
        return pageCount;
    }

    /** Everything but memory. */
    public CheckpointEncoder.State state(List<Register> description) {
        WireInput in = Section.open(new WireInput(place.in("state"), state.array(), state.position(), state.end()));
        MachineState machine;
        try {
            machine = MachineState.parser().parseFrom(in.array(), in.position(), in.remaining());
        } catch (InvalidProtocolBufferException e) {
            throw place.expected("a machine's state, found: " + e.getMessage());
        }
        return new CheckpointEncoder.State(
                position,
                time,
                full,
                contexts,
                List.of(registers(description)),
                machine.getProcessorsList().stream()
                        .map(ByteString::toByteArray)
                        .toList(),
                machine.getDevicesList().stream()
                        .map(d -> new Snapshot.DeviceState(
                                d.getName(), d.getState().toByteArray()))
                        .toList(),
                machine.getMachine().toByteArray());
    }

    /** The first processor's registers: see {@link Snapshot#registers}. */
    public long[] registers(List<Register> description) {
        WireInput in = registers.getFirst();
        place.verify(
                in.remaining() <= MAX_ENVELOPE,
                "registers of at most %d bytes".formatted(MAX_ENVELOPE),
                in.remaining());
        Registers values;
        try {
            values = Registers.parser().parseFrom(in.array(), in.position(), in.remaining());
        } catch (InvalidProtocolBufferException e) {
            throw place.expected("registers, found: " + e.getMessage());
        }
        place.verify(
                values.getValuesCount() == description.size(),
                "%d registers".formatted(description.size()),
                values.getValuesCount());
        long[] words = new long[description.stream().mapToInt(Register::words).sum()];
        int at = 0;
        for (int i = 0; i < description.size(); i++) {
            Register register = description.get(i);
            RegisterValue value = values.getValues(i);
            if (register.bits() <= Long.SIZE) {
                words[at] = value.getWord();
            } else {
                byte[] wide = new byte[8 * register.words()];
                int bytes = (register.bits() + 7) / 8;
                place.verify(
                        value.getWide().size() == bytes,
                        "%d bytes of %s".formatted(bytes, register.name()),
                        value.getWide().size());
                value.getWide().copyTo(wide, 0);
                for (int w = 0; w < register.words(); w++) {
                    words[at + w] = (long) Bytes.LONG.get(wide, 8 * w);
                }
            }
            at += register.words();
        }
        return words;
    }
}
