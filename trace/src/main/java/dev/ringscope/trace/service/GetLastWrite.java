package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import dev.ringscope.proto.query.v1.GetLastWriteRequest;
import dev.ringscope.proto.query.v1.GetLastWriteResponse;
import dev.ringscope.proto.query.v1.WrittenBy;
import dev.ringscope.trace.query.LastWrite;
import dev.ringscope.trace.query.MemoryAccess.By;
import dev.ringscope.trace.query.Touch;
import java.io.IOException;
import java.util.Optional;

/** Who wrote some bytes last. */
final class GetLastWrite implements TraceRpc<GetLastWriteRequest, GetLastWriteResponse> {
    private static final int PAGE = 4096;

    @Override
    public void answer(OpenTrace trace, GetLastWriteRequest request, Call<GetLastWriteResponse> call)
            throws IOException {
        Mask mask = Mask.of(request.getReadMask(), GetLastWriteResponse.getDescriptor());
        long position = Requests.position(trace.recording().trace(), "position", request.getPosition());
        int size = request.getSize();
        if (size < 1 || size > LastWrite.MOST || (request.getAddress() & PAGE - 1) + size > PAGE) {
            throw Refusal.field(
                    "size", "1 to 8 bytes in one page are expected, found " + Integer.toUnsignedString(size));
        }
        Touch.Space space = request.getPhysical() ? Touch.Space.PHYSICAL : Touch.Space.LINEAR;
        Optional<LastWrite.Write> write =
                LastWrite.at(trace.recording(), position, request.getAddress(), size, space, call);
        GetLastWriteResponse.Builder answer = GetLastWriteResponse.newBuilder();
        write.ifPresent(w -> fill(answer, w, trace));
        call.send(mask.apply(answer.build()));
    }

    private static void fill(GetLastWriteResponse.Builder answer, LastWrite.Write write, OpenTrace trace) {
        answer.setPosition(write.position())
                .setBy(
                        switch (write.by()) {
                            case PROCESSOR -> WrittenBy.WRITTEN_BY_PROCESSOR;
                            case PAGE_WALK -> WrittenBy.WRITTEN_BY_PAGE_WALK;
                            case OUTSIDE -> WrittenBy.WRITTEN_BY_OUTSIDE;
                        })
                .setPc(write.pc())
                .setCode(ByteString.copyFrom(write.code()))
                .setRing(write.ring())
                .setTranslationRoot(write.root())
                .setPhysicalAddress(write.physical())
                .setSize(write.size())
                .setBefore(write.before())
                .setAfter(write.after());
        if (write.by() == By.PROCESSOR) {
            answer.setAddress(write.linear());
        }
        trace.symbols().find(write.pc()).ifPresent(answer::setSymbol);
    }
}
