package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import dev.ringscope.proto.query.v1.AddressSpace;
import dev.ringscope.proto.query.v1.ReadMemoryRequest;
import dev.ringscope.proto.query.v1.ReadMemoryResponse;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.query.MemoryContents;
import dev.ringscope.trace.query.MemoryContents.NotMappedException;
import dev.ringscope.trace.query.MemoryContents.Space;
import dev.ringscope.trace.query.Replays;
import java.io.IOException;

/**
 * Memory at a position. A machine is borrowed for one message at a time, so that slow readers keep none from others.
 */
final class ReadMemory implements TraceRpc<ReadMemoryRequest, ReadMemoryResponse> {
    private static final long MOST = 1 << 30;

    private record Source(long position, Space space) {}

    /** @param end why the bytes are fewer than asked for; null if they are not */
    private record Piece(ByteString bytes, NotMappedException end) {}

    @Override
    public void answer(OpenTrace trace, ReadMemoryRequest request, Call<ReadMemoryResponse> call) throws IOException {
        Replays replays = trace.recording().replays();
        long position = Requests.position(trace.recording().trace(), "position", request.getPosition());
        Source source = new Source(position, space(request.getAddressSpace()));
        long size = size(request);
        long done = 0;
        while (done < size) {
            long address = request.getAddress() + done;
            int wanted = (int) Math.min(Batches.BYTES, size - done);
            Piece piece = replays.at(Detail.FLOW, position, call, timeline -> read(timeline, source, address, wanted));
            if (!piece.bytes.isEmpty()) {
                call.send(ReadMemoryResponse.newBuilder()
                        .setAddress(address)
                        .setData(piece.bytes)
                        .build());
            }
            if (piece.end != null) {
                throw piece.end;
            }
            done += wanted;
        }
    }

    private static Piece read(Timeline timeline, Source source, long address, int size) throws IOException {
        ByteString.Output out = ByteString.newOutput(size);
        try {
            while (out.size() < size) {
                out.write(MemoryContents.page(
                        timeline, source.position, source.space, address + out.size(), size - out.size()));
            }
            return new Piece(out.toByteString(), null);
        } catch (NotMappedException e) {
            return new Piece(out.toByteString(), e);
        }
    }

    static Space space(AddressSpace space) {
        return switch (space) {
            case ADDRESS_SPACE_VIRTUAL -> Space.VIRTUAL;
            case ADDRESS_SPACE_PHYSICAL -> Space.PHYSICAL;
            case ADDRESS_SPACE_UNSPECIFIED, UNRECOGNIZED ->
                throw Refusal.field("address_space", "expected VIRTUAL or PHYSICAL, found %s".formatted(space));
        };
    }

    private static long size(ReadMemoryRequest request) {
        long size = request.getSize();
        if (size < 1 || size > MOST) {
            throw Refusal.field("size", "%s is not within 1..%d".formatted(Long.toUnsignedString(size), MOST));
        }
        if (Long.compareUnsigned(request.getAddress() + size - 1, request.getAddress()) < 0) {
            throw Refusal.field("size", "%d bytes from 0x%x go beyond 2^64".formatted(size, request.getAddress()));
        }
        return size;
    }
}
