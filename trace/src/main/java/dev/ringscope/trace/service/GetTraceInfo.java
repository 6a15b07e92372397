package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.GetTraceInfoRequest;
import dev.ringscope.proto.query.v1.GetTraceInfoResponse;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Info;
import dev.ringscope.trace.query.Recording;
import java.nio.file.Path;

/** What is in the trace. */
final class GetTraceInfo implements Rpc<GetTraceInfoRequest, GetTraceInfoResponse> {
    private final GetTraceInfoResponse answer;

    GetTraceInfo(Recording recording) {
        TraceReader trace = recording.trace();
        Info info = Info.of(trace);
        GetTraceInfoResponse.Builder out = GetTraceInfoResponse.newBuilder()
                .setName(Path.of(trace.file()).getFileName().toString())
                .setMachine(trace.header().getMachine())
                .setDetail(trace.header().getDetail())
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
        answer = out.build();
    }

    @Override
    public void answer(GetTraceInfoRequest request, Call<GetTraceInfoResponse> call) {
        call.send(answer);
    }
}
