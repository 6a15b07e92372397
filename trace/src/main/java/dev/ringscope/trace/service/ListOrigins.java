package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.proto.query.v1.ListOriginsRequest;
import dev.ringscope.proto.query.v1.ListOriginsResponse;
import dev.ringscope.proto.query.v1.OriginKind;
import dev.ringscope.proto.query.v1.OriginMemory;
import dev.ringscope.proto.query.v1.OriginUse;
import dev.ringscope.proto.query.v1.ValueOrigin;
import dev.ringscope.trace.dataflow.Leaf;
import dev.ringscope.trace.dataflow.Location;
import dev.ringscope.trace.dataflow.Provenance;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Disassembly;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Origin;
import dev.ringscope.trace.query.Touch;
import java.io.IOException;

/** Where a value came from. */
final class ListOrigins {
    static final Listing<ListOriginsRequest, ValueOrigin, ListOriginsResponse> LISTING = new Listing<>(
            ValueOrigin.getDefaultInstance(),
            ListOrigins::list,
            items -> ListOriginsResponse.newBuilder().addAllOrigins(items).build(),
            null);

    private ListOrigins() {}

    private static void list(OpenTrace trace, ListOriginsRequest request, Filter filter, Answers<ValueOrigin> items)
            throws IOException {
        long position = Requests.position(trace.recording().trace(), "position", request.getPosition());
        long earliest = filter.range().from();
        if (earliest > position) {
            throw Refusal.field("filter.from_position", "%d is behind position %d".formatted(earliest, position));
        }
        Provenance.Following following = new Provenance.Following(request.getAddresses(), request.getConditions());
        int depth = request.getDepth() <= 0 ? Integer.MAX_VALUE : request.getDepth();
        Origin.Limits limits =
                new Origin.Limits(following, depth, filter.range().count(), earliest);
        Disassembly disassembly = new Disassembly(Syntax.INTEL, trace.symbols());
        Answers<Provenance.Node> nodes = Listing.each(items, node -> message(node, disassembly, trace));
        switch (request.getOfCase()) {
            case REGISTER -> {
                Location.Named register = Location.named(request.getRegister())
                        .orElseThrow(() -> Refusal.field(
                                "register", "no register \"%s\" that is followed".formatted(request.getRegister())));
                Origin.ofRegister(trace.recording(), register, position, limits, nodes);
            }
            case MEMORY -> memory(trace, request.getMemory(), position, limits, nodes);
            case OF_NOT_SET -> throw Refusal.field("of", "expected a register or memory, found none");
        }
    }

    private static void memory(
            OpenTrace trace, OriginMemory memory, long position, Origin.Limits limits, Answers<Provenance.Node> nodes)
            throws IOException {
        int size = memory.getSize();
        if (size < 1 || size > Origin.MOST_BYTES) {
            throw Refusal.field(
                    "memory.size",
                    "%s is not within 1..%d".formatted(Integer.toUnsignedString(size), Origin.MOST_BYTES));
        }
        Touch.Space space = memory.getPhysical() ? Touch.Space.PHYSICAL : Touch.Space.LINEAR;
        Origin.ofMemory(trace.recording(), space, memory.getAddress(), size, position, limits, nodes);
    }

    private static ValueOrigin message(Provenance.Node node, Disassembly disassembly, OpenTrace trace) {
        ValueOrigin.Builder message = ValueOrigin.newBuilder()
                .setNumber(node.number())
                .setKind(kind(node.leaf()))
                .addAllLocations(Location.runs(node.bytes()))
                .setValue(node.value())
                .setDetail(node.detail())
                .setDepth(node.depth());
        for (Provenance.User user : node.users()) {
            message.addUsersBuilder().setNumber(user.node()).setUse(use(user.use()));
        }
        if (node.position() < 0) {
            return message.build();
        }
        if (node.codeSize() > 0) {
            message.setInstruction(disassembly.text(node.code(), node.offset(), node.codeSize()));
        }
        trace.symbols().find(node.pc()).ifPresent(message::setSymbol);
        return message.setPosition(node.position())
                .setPc(node.pc())
                .setCode(ByteString.copyFrom(node.code()))
                .setRing(node.ring())
                .setTranslationRoot(node.root())
                .build();
    }

    private static OriginUse use(Provenance.Use use) {
        return switch (use) {
            case VALUE -> OriginUse.ORIGIN_USE_VALUE;
            case ADDRESS -> OriginUse.ORIGIN_USE_ADDRESS;
            case CONDITION -> OriginUse.ORIGIN_USE_CONDITION;
        };
    }

    private static OriginKind kind(Leaf leaf) {
        return switch (leaf) {
            case NONE -> OriginKind.ORIGIN_KIND_COMPUTED;
            case CONSTANT -> OriginKind.ORIGIN_KIND_CONSTANT;
            case PORT -> OriginKind.ORIGIN_KIND_PORT;
            case DEVICE -> OriginKind.ORIGIN_KIND_DEVICE;
            case PROCESSOR -> OriginKind.ORIGIN_KIND_PROCESSOR;
            case PAGE_WALK -> OriginKind.ORIGIN_KIND_PAGE_WALK;
            case OUTSIDE -> OriginKind.ORIGIN_KIND_OUTSIDE;
            case INITIAL -> OriginKind.ORIGIN_KIND_INITIAL;
        };
    }
}
