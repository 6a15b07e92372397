package dev.ringscope.trace.service;

import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.proto.query.v1.ExplainedFault;
import dev.ringscope.proto.query.v1.FaultWriter;
import dev.ringscope.proto.query.v1.ListFaultsRequest;
import dev.ringscope.proto.query.v1.ListFaultsResponse;
import dev.ringscope.proto.query.v1.WalkedEntry;
import dev.ringscope.trace.format.EventEncoder;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Faults;
import dev.ringscope.trace.query.Filter;
import java.io.IOException;

/** Exceptions, explained. */
final class ListFaults {
    static final Listing<ListFaultsRequest, ExplainedFault, ListFaultsResponse> LISTING = new Listing<>(
            ExplainedFault.getDefaultInstance(),
            ListFaults::list,
            items -> ListFaultsResponse.newBuilder().addAllFaults(items).build(),
            null);

    private ListFaults() {}

    private static void list(OpenTrace trace, ListFaultsRequest request, Filter filter, Answers<ExplainedFault> items)
            throws IOException {
        Faults.list(trace.recording(), filter, Listing.each(items, ListFaults::message));
    }

    private static ExplainedFault message(Faults.Fault fault) {
        ExplainedFault.Builder message = ExplainedFault.newBuilder()
                .setPosition(fault.trap().position())
                .setTrap(EventEncoder.encode(fault.trap(), fault.trap().position())
                        .getTrap())
                .setPc(fault.pc())
                .setInstruction(fault.instruction())
                .setRing(fault.ring())
                .setTranslationRoot(fault.root())
                .setManual(fault.manual())
                .addAllExplanation(fault.explanation());
        if (fault.check() != Reason.NONE) {
            message.setCheck(fault.check().text());
        }
        fault.walk().forEach(entry -> message.addWalk(message(entry)));
        fault.failing().ifPresent(entry -> message.setFailing(message(entry)));
        fault.writers().forEach(writer -> message.addWriters(message(writer)));
        return message.build();
    }

    private static WalkedEntry message(Faults.Entry entry) {
        return WalkedEntry.newBuilder()
                .setLevel(entry.level())
                .setAddress(entry.address())
                .setValue(entry.value())
                .build();
    }

    private static FaultWriter message(Faults.Writer writer) {
        FaultWriter.Builder message = FaultWriter.newBuilder().setWhat(writer.what());
        if (writer.position() < 0) {
            return message.build();
        }
        message.setPosition(writer.position())
                .setPc(writer.pc())
                .setBefore(writer.before())
                .setAfter(writer.after());
        if (writer.physical() >= 0) {
            message.setPhysicalAddress(writer.physical());
        }
        return message.build();
    }
}
