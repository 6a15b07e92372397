package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.SearchMemoryRequest;
import dev.ringscope.proto.query.v1.SearchMemoryResponse;
import dev.ringscope.trace.query.MemoryContents;
import dev.ringscope.trace.query.MemorySearch;
import dev.ringscope.trace.query.Range;
import java.io.IOException;

/** Where memory holds certain bytes. */
final class SearchMemory implements TraceRpc<SearchMemoryRequest, SearchMemoryResponse> {
    private static final int LONGEST = 4096;
    private static final long FARTHEST = 1L << 36;
    private static final int BATCH = 8192;

    @Override
    public void answer(OpenTrace trace, SearchMemoryRequest request, Call<SearchMemoryResponse> call)
            throws IOException {
        long position = Requests.position(trace.recording().trace(), "position", request.getPosition());
        MemoryContents.Space space = ReadMemory.space(request.getAddressSpace());
        byte[] pattern = request.getPattern().toByteArray();
        if (pattern.length == 0 || pattern.length > LONGEST) {
            throw Refusal.field("pattern", "1 to %d bytes, found %d".formatted(LONGEST, pattern.length));
        }
        long first = request.getFirst();
        long last = request.getLast();
        boolean near = Long.compareUnsigned(first, last) <= 0 && Long.compareUnsigned(last - first, FARTHEST) <= 0;
        if (!near) {
            throw Refusal.field("last", "0x%x is not within 0x%x..0x%x".formatted(last, first, first + FARTHEST));
        }
        if (request.getCount() < 0) {
            throw Refusal.field("count", Long.toUnsignedString(request.getCount()) + " is not below 2^63");
        }
        Found found = new Found(call);
        MemorySearch.list(
                trace.recording(),
                new MemorySearch.Where(position, space, first, last),
                pattern,
                new Range(0, request.getCount()),
                found);
        found.flush();
    }

    private static final class Found implements dev.ringscope.trace.query.Answers<Long> {
        private final Call<SearchMemoryResponse> call;
        private SearchMemoryResponse.Builder batch = SearchMemoryResponse.newBuilder();

        Found(Call<SearchMemoryResponse> call) {
            this.call = call;
        }

        @Override
        public boolean take(Long address) {
            batch.addAddresses(address);
            if (batch.getAddressesCount() == BATCH) {
                flush();
            }
            return true;
        }

        @Override
        public void check() {
            call.check();
        }

        void flush() {
            if (batch.getAddressesCount() > 0) {
                call.send(batch.build());
                batch = SearchMemoryResponse.newBuilder();
            }
        }
    }
}
