package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.Access;
import dev.ringscope.proto.query.v1.AccessKind;
import dev.ringscope.proto.query.v1.ListAccessesRequest;
import dev.ringscope.proto.query.v1.ListAccessesResponse;
import dev.ringscope.trace.query.Accesses;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Filter;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Data read and written, in order. */
final class ListAccesses {
    static final Listing<ListAccessesRequest, Access, ListAccessesResponse> LISTING = new Listing<>(
            Access.getDefaultInstance(),
            ListAccesses::list,
            items -> ListAccessesResponse.newBuilder().addAllAccesses(items).build(),
            Access::getPosition);

    private ListAccesses() {}

    private static void list(OpenTrace trace, ListAccessesRequest request, Filter filter, Answers<Access> items)
            throws IOException {
        Set<Accesses.Kind> kinds = kinds("kinds", request.getKindsList());
        Accesses.list(trace.recording(), kinds, filter, Listing.each(items, ListAccesses::message));
    }

    static Access message(Accesses.Access access) {
        return Access.newBuilder()
                .setPosition(access.position())
                .setKind(access.write() ? AccessKind.ACCESS_KIND_WRITE : AccessKind.ACCESS_KIND_READ)
                .setAddress(access.address())
                .setSize(access.size())
                .setValue(access.value())
                .build();
    }

    /** None wanted: all of them. */
    static Set<Accesses.Kind> kinds(String field, List<AccessKind> wanted) {
        Set<Accesses.Kind> kinds = EnumSet.noneOf(Accesses.Kind.class);
        for (int i = 0; i < wanted.size(); i++) {
            kinds.add(
                    switch (wanted.get(i)) {
                        case ACCESS_KIND_READ -> Accesses.Kind.READ;
                        case ACCESS_KIND_WRITE -> Accesses.Kind.WRITE;
                        case ACCESS_KIND_UNSPECIFIED, UNRECOGNIZED ->
                            throw Refusal.field(
                                    "%s[%d]".formatted(field, i), "expected READ or WRITE, found " + wanted.get(i));
                    });
        }
        return kinds.isEmpty() ? Accesses.Kind.ALL : kinds;
    }
}
