package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.HandledInterrupt;
import dev.ringscope.proto.query.v1.ListInterruptsRequest;
import dev.ringscope.proto.query.v1.ListInterruptsResponse;
import dev.ringscope.trace.format.EventEncoder;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Interrupts;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;

/** Exceptions and interrupts with the time of their handlers. */
final class ListInterrupts {
    static final Listing<ListInterruptsRequest, HandledInterrupt, ListInterruptsResponse> LISTING = new Listing<>(
            HandledInterrupt.getDefaultInstance(),
            ListInterrupts::list,
            items -> ListInterruptsResponse.newBuilder().addAllInterrupts(items).build(),
            null);

    private ListInterrupts() {}

    private static void list(
            OpenTrace trace, ListInterruptsRequest request, Filter filter, Answers<HandledInterrupt> items)
            throws IOException {
        Interrupts.list(trace.recording(), filter, Listing.each(items, i -> message(i, trace.symbols())));
    }

    private static HandledInterrupt message(Interrupts.Interrupt interrupt, Symbols symbols) {
        HandledInterrupt.Builder message = HandledInterrupt.newBuilder()
                .setPosition(interrupt.trap().position())
                .setTrap(EventEncoder.encode(interrupt.trap(), interrupt.trap().position())
                        .getTrap())
                .setHandler(interrupt.handler())
                .setEnded(interrupt.ended())
                .setReturned(interrupt.returned())
                .setInstructions(interrupt.duration())
                .setNesting(interrupt.nesting())
                .setFromRing(interrupt.fromRing())
                .setToRing(interrupt.toRing())
                .setTranslationRoot(interrupt.root());
        symbols.find(interrupt.handler()).ifPresent(message::setSymbol);
        return message.build();
    }
}
