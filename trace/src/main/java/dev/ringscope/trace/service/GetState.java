package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.GetStateResponse;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ChunkEncoder;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Replays;
import dev.ringscope.trace.query.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Registers at a position. */
final class GetState implements Rpc<GetStateRequest, GetStateResponse> {
    private static final int MOST_NAMES = 4096;

    private final TraceReader trace;
    private final Replays replays;
    private final Map<String, Register> registers = new LinkedHashMap<>();

    GetState(Recording recording) {
        trace = recording.trace();
        replays = recording.replays();
        trace.machine().registers().forEach(register -> registers.put(register.name(), register));
    }

    @Override
    public void answer(GetStateRequest request, Call<GetStateResponse> call) throws IOException {
        long position = Requests.position(trace, "position", request.getPosition());
        List<Register> wanted = wanted(request.getRegistersList());
        State.Registers state = replays.at(Detail.FLOW, position, call, timeline -> State.at(timeline, position));
        GetStateResponse.Builder answer = GetStateResponse.newBuilder()
                .setPosition(position)
                .setTime(state.time())
                .setContext(ChunkEncoder.context(state.context()));
        for (Register register : wanted) {
            answer.addRegistersBuilder()
                    .setName(register.name())
                    .setBits(register.bits())
                    .setValue(bytes(register, state.registers().get(register.name())));
        }
        call.send(answer.build());
    }

    private List<Register> wanted(List<String> names) {
        if (names.isEmpty()) {
            return List.copyOf(registers.values());
        }
        if (names.size() > MOST_NAMES) {
            throw Refusal.field("registers", "at most %d names, found %d".formatted(MOST_NAMES, names.size()));
        }
        List<Register> wanted = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Register register = registers.get(names.get(i));
            if (register == null) {
                throw Refusal.field(
                        "registers[%d]".formatted(i), "this machine has no register \"%s\"".formatted(names.get(i)));
            }
            wanted.add(register);
        }
        return wanted;
    }

    private static ByteString bytes(Register register, long[] words) {
        byte[] bytes = new byte[(register.bits() + 7) / 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (words[i / 8] >>> i % 8 * 8);
        }
        return ByteString.copyFrom(bytes);
    }
}
