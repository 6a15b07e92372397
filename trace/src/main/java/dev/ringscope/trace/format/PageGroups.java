package dev.ringscope.trace.format;

import com.google.protobuf.ByteString;
import dev.ringscope.proto.trace.v1.PageGroup;
import dev.ringscope.proto.trace.v1.Pages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;

/** Reads pages packets: which pages are there, and their bytes, a group at a time. */
public final class PageGroups {
    /** Bytes of a page. */
    public static final int PAGE = 4096;

    /** Most pages in a group that a reader accepts. */
    private static final int MAX_PAGES = 256;

    /** Pages in a group as they are written: who needs one page opens all. */
    public static final int PAGES = 64;

    private final Place place;
    private final long bytes;
    private final long position;
    private final List<Group> groups;
    private final long[] zeroPages;

    /** A group whose pages are still closed. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Group(long[] pages, WireInput content, boolean compressed) {
        byte[] open() {
            int size = pages.length * PAGE;
            if (compressed) {
                return Section.decompress(content, size);
            }
            content.place()
                    .verify(content.remaining() == size, "%d bytes of pages".formatted(size), content.remaining());
            return Arrays.copyOfRange(content.array(), content.position(), content.end());
        }

        void give(LongPredicate wanted, Sink sink) {
            byte[] bytes = open();
            for (int i = 0; i < pages.length; i++) {
                if (wanted.test(pages[i])) {
                    sink.page(pages[i], bytes, i * PAGE);
                }
            }
        }
    }

    public PageGroups(PacketInput.Packet packet) {
        WireInput in = packet.body();
        place = in.place();
        bytes = packet.end() - packet.offset();
        long at = 0;
        groups = new ArrayList<>();
        long[] zero = {};
        while (in.next()) {
            switch (in.field()) {
                case Pages.POSITION_FIELD_NUMBER -> at = in.varint();
                case Pages.GROUPS_FIELD_NUMBER -> groups.add(group(in.message()));
                case Pages.ZERO_PAGES_FIELD_NUMBER -> zero = SortedDeltas.decode(in.message());
                default -> in.skip();
            }
        }
        position = at;
        zeroPages = zero;
    }

    private static Group group(WireInput in) {
        long[] pages = {};
        WireInput content = null;
        boolean compressed = false;
        while (in.next()) {
            switch (in.field()) {
                case PageGroup.PAGES_FIELD_NUMBER -> pages = SortedDeltas.decode(in.message());
                case PageGroup.ZSTD_FIELD_NUMBER, PageGroup.PLAIN_FIELD_NUMBER -> {
                    compressed = in.field() == PageGroup.ZSTD_FIELD_NUMBER;
                    content = in.message();
                }
                default -> in.skip();
            }
        }
        in.place().verify(pages.length >= 1 && pages.length <= MAX_PAGES, "1 to 256 pages in a group", pages.length);
        if (content == null) {
            throw in.place().expected("the bytes of a group of pages, found none");
        }
        return new Group(pages, content, compressed);
    }

    /** Position of the checkpoint that they belong to. */
    public long position() {
        return position;
    }

    /** All pages, zero pages too, ascending. */
    public long[] pages() {
        long[][] lists = new long[groups.size() + 1][];
        for (int i = 0; i < groups.size(); i++) {
            lists[i] = groups.get(i).pages;
        }
        lists[groups.size()] = zeroPages;
        return Arrays.stream(lists).flatMapToLong(Arrays::stream).sorted().toArray();
    }

    /** Takes pages as they come. */
    public interface Sink {
        /** @param at index of the page's first byte */
        void page(long page, byte[] bytes, int at);
    }

    /**
     * Gives those pages that are wanted; groups without any stay closed.
     *
     * @param wanted page numbers
     */
    public void forEach(LongPredicate wanted, Sink sink) {
        for (Group group : groups) {
            if (Arrays.stream(group.pages).anyMatch(wanted)) {
                group.give(wanted, sink);
            }
        }
        byte[] zero = new byte[PAGE];
        for (long page : zeroPages) {
            if (wanted.test(page)) {
                sink.page(page, zero, 0);
            }
        }
    }

    /** Bytes that it keeps in memory. */
    public long bytes() {
        return bytes;
    }

    /**
     * Gives a page that is in it, and what is wanted of the pages that are compressed together with it.
     *
     * @param wanted page numbers
     */
    public void giveGroup(long page, LongPredicate wanted, Sink sink) {
        for (Group group : groups) {
            if (Arrays.binarySearch(group.pages, page) >= 0) {
                group.give(p -> p == page || wanted.test(p), sink);
                return;
            }
        }
        if (Arrays.binarySearch(zeroPages, page) < 0) {
            throw place.expected("page 0x%x in the packet, as the index says, found none".formatted(page));
        }
        sink.page(page, new byte[PAGE], 0);
    }

    /** Pages packets of one checkpoint in the making: pages come in ascending order and leave in groups. */
    static final class Builder {
        /** A packet is closed when it holds so many bytes. */
        private static final int PACKET = 1 << 23;

        private final Compressor compressor;
        private final long position;
        private final List<Long> zero = new ArrayList<>();
        private Pages.Builder packet;
        private long size;

        Builder(Compressor compressor, long position) {
            this.compressor = compressor;
            this.position = position;
            start();
        }

        /** @param bytes the pages, one behind the other */
        void add(long[] pages, byte[] bytes) {
            ByteString content = compressor.enabled()
                    ? compressor.compress(bytes, 0, pages.length * PAGE)
                    : ByteString.copyFrom(bytes, 0, pages.length * PAGE);
            PageGroup.Builder group = packet.addGroupsBuilder().addAllPages(SortedDeltas.encode(pages));
            if (compressor.enabled()) {
                group.setZstd(content);
            } else {
                group.setPlain(content);
            }
            size += content.size();
        }

        void addZero(long[] pages) {
            Arrays.stream(pages).forEach(zero::add);
        }

        boolean full() {
            return size >= PACKET;
        }

        boolean empty() {
            return packet.getGroupsCount() == 0 && zero.isEmpty();
        }

        Pages take() {
            Pages done = packet.addAllZeroPages(SortedDeltas.encode(
                            zero.stream().mapToLong(Long::longValue).toArray()))
                    .build();
            start();
            return done;
        }

        private void start() {
            packet = Pages.newBuilder().setPosition(position);
            zero.clear();
            size = 0;
        }
    }
}
