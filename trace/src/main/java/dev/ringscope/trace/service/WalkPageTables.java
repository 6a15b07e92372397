package dev.ringscope.trace.service;

import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.proto.query.v1.WalkPageTablesRequest;
import dev.ringscope.proto.query.v1.WalkPageTablesResponse;
import dev.ringscope.trace.query.PageWalk;
import java.io.IOException;

/** What a linear address was translated to. */
final class WalkPageTables implements TraceRpc<WalkPageTablesRequest, WalkPageTablesResponse> {
    @Override
    public void answer(OpenTrace trace, WalkPageTablesRequest request, Call<WalkPageTablesResponse> call)
            throws IOException {
        Mask mask = Mask.of(request.getReadMask(), WalkPageTablesResponse.getDescriptor());
        long position = Requests.position(trace.recording().trace(), "position", request.getPosition());
        Walk walk = PageWalk.at(trace.recording(), position, request.getAddress(), call);
        WalkPageTablesResponse.Builder answer = WalkPageTablesResponse.newBuilder()
                .setPageSize(walk.pageSize())
                .setUser(walk.user())
                .setWritable(walk.writable())
                .setNoExecute(walk.noExecute());
        for (Walk.Step step : walk.steps()) {
            answer.addEntriesBuilder()
                    .setLevel(step.level())
                    .setAddress(step.entry())
                    .setValue(step.value());
        }
        if (walk.mapped()) {
            answer.setPhysicalAddress(walk.physical());
        } else {
            answer.setFailure(walk.failure().name());
        }
        call.send(mask.apply(answer.build()));
    }
}
