package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.GetTraceInfoRequest;
import dev.ringscope.proto.query.v1.GetTraceInfoResponse;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Info;
import java.nio.file.Path;

/** What is in a trace. */
final class GetTraceInfo implements TraceRpc<GetTraceInfoRequest, GetTraceInfoResponse> {
    @Override
    public void answer(OpenTrace open, GetTraceInfoRequest request, Call<GetTraceInfoResponse> call) {
        Mask mask = Mask.of(request.getReadMask(), GetTraceInfoResponse.getDescriptor());
        TraceReader trace = open.recording().trace();
        Info info = Info.of(trace);
        GetTraceInfoResponse.Builder out = GetTraceInfoResponse.newBuilder()
                .setName(Path.of(trace.file()).getFileName().toString())
                .setTrace(open.name())
                .setDigest(open.digest().bytes())
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
                .setDamage(info.damage())
                .setCutShort(info.cutShort());
        info.end().ifPresent(out::setEnd);
        info.exitStatus().ifPresent(out::setExitStatus);
        call.send(mask.apply(out.build()));
    }
}
