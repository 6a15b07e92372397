package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.GetStateResponse;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ChunkEncoder;
import dev.ringscope.trace.query.State;
import java.io.IOException;
import java.util.List;

/** Registers at a position. */
final class GetState implements TraceRpc<GetStateRequest, GetStateResponse> {
    @Override
    public void answer(OpenTrace open, GetStateRequest request, Call<GetStateResponse> call) throws IOException {
        TraceReader trace = open.recording().trace();
        Mask mask = Mask.of(request.getReadMask(), GetStateResponse.getDescriptor());
        long position = Requests.position(trace, "position", request.getPosition());
        List<Register> wanted = RegisterNames.find(trace, "registers", request.getRegistersList());
        State.Registers state =
                open.recording().replays().at(Detail.FLOW, position, call, timeline -> State.at(timeline, position));
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
        call.send(mask.apply(answer.build()));
    }

    private static ByteString bytes(Register register, long[] words) {
        byte[] bytes = new byte[(register.bits() + 7) / 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (words[i / 8] >>> i % 8 * 8);
        }
        return ByteString.copyFrom(bytes);
    }
}
