package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.ListMappingsRequest;
import dev.ringscope.proto.query.v1.ListMappingsResponse;
import dev.ringscope.proto.query.v1.Mapping;
import dev.ringscope.trace.query.AddressSpace;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;
import java.io.IOException;
import java.util.OptionalLong;

/** What an address space mapped at a position. */
final class ListMappings {
    static final Listing<ListMappingsRequest, Mapping, ListMappingsResponse> LISTING = new Listing<>(
            Mapping.getDefaultInstance(),
            ListMappings::list,
            items -> ListMappingsResponse.newBuilder().addAllMappings(items).build(),
            null);

    private ListMappings() {}

    private static void list(OpenTrace trace, ListMappingsRequest request, Filter filter, Answers<Mapping> items)
            throws IOException {
        OptionalLong root = root(request.hasTranslationRoot(), request.getTranslationRoot());
        Filter there = at(trace, request.getPosition(), filter);
        AddressSpace.mappings(trace.recording(), root, there, Listing.each(items, ListMappings::message));
    }

    static OptionalLong root(boolean given, long root) {
        return given ? OptionalLong.of(root) : OptionalLong.empty();
    }

    /** The filter for a question about one position. */
    static Filter at(OpenTrace trace, long position, Filter filter) {
        long from = Requests.position(trace.recording().trace(), "position", position);
        return filter.withRange(new Range(from, filter.range().count()));
    }

    private static Mapping message(AddressSpace.Mapping mapping) {
        return Mapping.newBuilder()
                .setFirst(mapping.first())
                .setLast(mapping.last())
                .setUser(mapping.user())
                .setWritable(mapping.writable())
                .setNoExecute(mapping.noExecute())
                .setPhysicalAddress(mapping.physical())
                .setContiguous(mapping.contiguous())
                .setPages(mapping.pages())
                .build();
    }
}
