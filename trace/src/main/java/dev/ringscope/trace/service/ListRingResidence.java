package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.ListRingResidenceRequest;
import dev.ringscope.proto.query.v1.ListRingResidenceResponse;
import dev.ringscope.proto.query.v1.RingResidence;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Residence;
import java.io.IOException;

/** Instructions in each ring, over time. */
final class ListRingResidence {
    static final Listing<ListRingResidenceRequest, RingResidence, ListRingResidenceResponse> LISTING = new Listing<>(
            RingResidence.getDefaultInstance(),
            ListRingResidence::list,
            items -> ListRingResidenceResponse.newBuilder().addAllBuckets(items).build(),
            null);

    private ListRingResidence() {}

    private static final long MOST = 1 << 20;

    private static void list(
            OpenTrace trace, ListRingResidenceRequest request, Filter filter, Answers<RingResidence> items)
            throws IOException {
        long buckets = request.getBuckets();
        if (buckets < 1 || buckets > MOST) {
            throw Refusal.field("buckets", "%s is not within 1..%d".formatted(Long.toUnsignedString(buckets), MOST));
        }
        Residence.rings(trace.recording(), filter, buckets, Listing.each(items, ListRingResidence::message));
    }

    private static RingResidence message(Residence.Bucket bucket) {
        return RingResidence.newBuilder()
                .setFromPosition(bucket.from())
                .setToPosition(bucket.to())
                .addAllRingInstructions(bucket.rings())
                .build();
    }
}
