package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.proto.query.v1.AddressSpace;
import dev.ringscope.proto.query.v1.EventKind;
import dev.ringscope.proto.query.v1.GetStateResponse;
import dev.ringscope.proto.query.v1.GetTraceInfoResponse;
import dev.ringscope.proto.query.v1.RegisterState;
import dev.ringscope.proto.trace.v1.Header;
import dev.ringscope.trace.format.Bytes;
import dev.ringscope.trace.format.ChunkEncoder;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Info;
import dev.ringscope.trace.query.MemoryContents;
import dev.ringscope.trace.query.State;
import java.util.List;

/** Answers as messages, and the requests' enums as ours. */
final class Responses {
    private Responses() {}

    static GetTraceInfoResponse info(String name, Header header, Info info) {
        GetTraceInfoResponse.Builder out = GetTraceInfoResponse.newBuilder()
                .setName(name)
                .setMachine(header.getMachine())
                .setDetail(header.getDetail())
                .setTool(info.tool())
                .setCreatedUnixSeconds(info.createdUnixSeconds())
                .setFileBytes(info.bytes())
                .setEndPosition(info.endPosition())
                .setEndTime(info.endTime())
                .setChunkCount(info.chunks())
                .setCheckpointCount(info.checkpoints())
                .setTotals(info.totals())
                .setDamage(info.damage());
        info.end().ifPresent(out::setEnd);
        info.exitStatus().ifPresent(out::setExitStatus);
        return out.build();
    }

    static GetStateResponse state(State.Registers state, List<Register> description) {
        GetStateResponse.Builder out = GetStateResponse.newBuilder()
                .setPosition(state.position())
                .setTime(state.time())
                .setContext(ChunkEncoder.context(state.context()));
        for (Register register : description) {
            long[] words = state.registers().get(register.name());
            byte[] bytes = new byte[8 * words.length];
            for (int i = 0; i < words.length; i++) {
                Bytes.LONG.set(bytes, 8 * i, words[i]);
            }
            out.addRegisters(RegisterState.newBuilder()
                    .setName(register.name())
                    .setBits(register.bits())
                    .setValue(ByteString.copyFrom(bytes, 0, (register.bits() + 7) / 8)));
        }
        return out.build();
    }

    static Events.Kind kind(EventKind kind) {
        return switch (kind) {
            case EVENT_KIND_RING_CHANGE -> Events.Kind.RING_CHANGE;
            case EVENT_KIND_TRAP -> Events.Kind.TRAP;
            case EVENT_KIND_TABLE_UPDATE -> Events.Kind.TABLE_UPDATE;
            case EVENT_KIND_TRANSLATION_FLUSH -> Events.Kind.TRANSLATION_FLUSH;
            case EVENT_KIND_SYSTEM_REGISTER_WRITE -> Events.Kind.SYSTEM_REGISTER_WRITE;
            case EVENT_KIND_PORT_ACCESS -> Events.Kind.PORT_ACCESS;
            case EVENT_KIND_DEVICE_ACCESS -> Events.Kind.DEVICE_ACCESS;
            case EVENT_KIND_INPUT -> Events.Kind.INPUT;
            case EVENT_KIND_HALT -> Events.Kind.HALT;
            case EVENT_KIND_END -> Events.Kind.END;
            case EVENT_KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("a kind of events that this version does not know");
        };
    }

    static MemoryContents.Space space(AddressSpace space) {
        return switch (space) {
            case ADDRESS_SPACE_VIRTUAL -> MemoryContents.Space.VIRTUAL;
            case ADDRESS_SPACE_PHYSICAL -> MemoryContents.Space.PHYSICAL;
            case ADDRESS_SPACE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("address_space says whether the address is virtual or physical");
        };
    }
}
