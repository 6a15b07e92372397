package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.ListPageTableEntriesRequest;
import dev.ringscope.proto.query.v1.ListPageTableEntriesResponse;
import dev.ringscope.proto.query.v1.PageTableEntry;
import dev.ringscope.proto.query.v1.PresentEntry;
import dev.ringscope.trace.explain.TableTree;
import dev.ringscope.trace.query.AddressSpace;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Filter;
import java.io.IOException;
import java.util.OptionalLong;

/** The page tables below a root, entry by entry. */
final class ListPageTableEntries {
    static final Listing<ListPageTableEntriesRequest, PresentEntry, ListPageTableEntriesResponse> LISTING =
            new Listing<>(
                    PresentEntry.getDefaultInstance(),
                    ListPageTableEntries::list,
                    items -> ListPageTableEntriesResponse.newBuilder()
                            .addAllEntries(items)
                            .build(),
                    null);

    private ListPageTableEntries() {}

    private static void list(
            OpenTrace trace, ListPageTableEntriesRequest request, Filter filter, Answers<PresentEntry> items)
            throws IOException {
        OptionalLong root = ListMappings.root(request.hasTranslationRoot(), request.getTranslationRoot());
        Filter there = ListMappings.at(trace, request.getPosition(), filter);
        AddressSpace.tree(trace.recording(), root, there, Listing.each(items, ListPageTableEntries::message));
    }

    private static PresentEntry message(TableTree.Entry entry) {
        return PresentEntry.newBuilder()
                .setEntry(PageTableEntry.newBuilder()
                        .setLevel(entry.level())
                        .setAddress(entry.address())
                        .setValue(entry.value()))
                .setIndex(entry.index())
                .setFirst(entry.linear())
                .setSize(entry.size())
                .setPage(entry.leaf())
                .setTarget(entry.target())
                .setUser(entry.user())
                .setWritable(entry.writable())
                .setNoExecute(entry.noExecute())
                .setReservedBits(entry.reserved())
                .build();
    }
}
