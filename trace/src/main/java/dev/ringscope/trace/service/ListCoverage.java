package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.CoveredBlock;
import dev.ringscope.proto.query.v1.ListCoverageRequest;
import dev.ringscope.proto.query.v1.ListCoverageResponse;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Coverage;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;

/** Code that was executed. */
final class ListCoverage {
    private static final int RINGS = 4;

    static final Listing<ListCoverageRequest, CoveredBlock, ListCoverageResponse> LISTING = new Listing<>(
            CoveredBlock.getDefaultInstance(),
            ListCoverage::list,
            items -> ListCoverageResponse.newBuilder().addAllBlocks(items).build(),
            null);

    private ListCoverage() {}

    private static void list(OpenTrace trace, ListCoverageRequest request, Filter filter, Answers<CoveredBlock> items)
            throws IOException {
        Coverage.list(trace.recording(), filter, Listing.each(items, c -> message(c, trace.symbols())));
    }

    private static CoveredBlock message(Coverage.Covered covered, Symbols symbols) {
        CoveredBlock.Builder message = CoveredBlock.newBuilder()
                .setTranslationRoot(covered.root())
                .setAddress(covered.address())
                .setSize(covered.size())
                .setInstructions(covered.instructions())
                .setExecutions(covered.executions())
                .setFirstPosition(covered.first())
                .setLastPosition(covered.last());
        for (int ring = 0; ring < RINGS; ring++) {
            if ((covered.rings() >>> ring & 1) != 0) {
                message.addRings(ring);
            }
        }
        symbols.find(covered.address()).ifPresent(message::setSymbol);
        return message.build();
    }
}
