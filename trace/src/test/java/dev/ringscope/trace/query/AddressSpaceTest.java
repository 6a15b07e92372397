package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.explain.TableTree.Entry;
import dev.ringscope.trace.query.AddressSpace.Mapping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What tables at random map, against a page walk of every address that can be mapped. */
class AddressSpaceTest {
    @TempDir
    static Path folder;

    private static List<Long> addresses(PagedGuest.Mode mode) {
        int levels = mode == PagedGuest.Mode.LEVEL4 ? 4 : mode == PagedGuest.Mode.PAE ? 3 : 2;
        int bits = mode == PagedGuest.Mode.BITS32 ? 10 : 9;
        List<Long> found = List.of(0L);
        for (int level = levels; level >= 1; level--) {
            List<Long> deeper = new ArrayList<>();
            for (long address : found) {
                for (int index : PagedGuest.INDICES) {
                    if (mode != PagedGuest.Mode.PAE || level < 3 || index < 4) {
                        deeper.add(address | (long) index << 12 + bits * (level - 1));
                    }
                }
            }
            found = deeper;
        }
        return found.stream()
                .map(a -> levels == 4 ? a << 16 >> 16 : a)
                .flatMap(a -> java.util.stream.Stream.of(a, a + 0xfff))
                .toList();
    }

    private static Mapping find(List<Mapping> mappings, long address) {
        return mappings.stream()
                .filter(m ->
                        Long.compareUnsigned(m.first(), address) <= 0 && Long.compareUnsigned(address, m.last()) <= 0)
                .findFirst()
                .orElse(null);
    }

    @ParameterizedTest
    @EnumSource(
            value = PagedGuest.Mode.class,
            names = {"BITS32", "PAE", "LEVEL4"})
    void whatIsMappedIsWhatAWalkFinds(PagedGuest.Mode mode) throws IOException {
        Path file = folder.resolve(mode + ".rst");
        try (Recording recording = PagedGuest.record(file, mode, new Random(mode.ordinal()))) {
            long end = recording.trace().endPosition();
            Filter there = Filter.of(new Range(end, 0));
            List<Mapping> mappings = new ArrayList<>();
            List<Entry> entries = new ArrayList<>();
            assertThat(AddressSpace.mappings(recording, OptionalLong.empty(), there, mappings::add)
                            .complete())
                    .isTrue();
            AddressSpace.tree(recording, OptionalLong.empty(), there, entries::add);
            Timeline timeline = new Timeline(recording.trace(), Detail.FLOW);
            timeline.seek(end);
            Set<Long> seen = new HashSet<>();
            int mapped = 0;
            for (long address : addresses(mode)) {
                Walk walk = timeline.machine().cpu().paging.walk(address);
                Mapping mapping = find(mappings, address);
                assertThat(mapping != null).as("%x: %s", address, walk).isEqualTo(walk.mapped());
                if (mapping != null) {
                    mapped++;
                    assertThat(mapping.user()).isEqualTo(walk.user());
                    assertThat(mapping.writable()).isEqualTo(walk.writable());
                    assertThat(mapping.noExecute()).isEqualTo(walk.noExecute());
                    if (mapping.contiguous()) {
                        assertThat(mapping.physical() + (address - mapping.first()))
                                .as("%x", address)
                                .isEqualTo(walk.physical());
                    }
                }
                for (Walk.Step step : walk.steps()) {
                    if ((step.value() & 1) != 0) {
                        seen.add(step.entry() << 8 | step.level());
                    }
                }
            }
            assertThat(mapped).isGreaterThan(100);
            Set<Long> told = new HashSet<>();
            entries.forEach(e -> told.add(e.address() << 8 | e.level()));
            assertThat(told).isEqualTo(seen);
            addressesNarrowThemDown(recording, there, entries, mode);
        }
    }

    private static void addressesNarrowThemDown(
            Recording recording, Filter there, List<Entry> all, PagedGuest.Mode mode) throws IOException {
        Random random = new Random(1);
        List<Long> addresses = addresses(mode);
        for (int n = 0; n < 20; n++) {
            long address = addresses.get(random.nextInt(addresses.size())) & -4096;
            AddressRanges page = AddressRanges.of(List.of(AddressRanges.Span.of(address, 1)));
            List<Entry> some = new ArrayList<>();
            AddressSpace.tree(recording, OptionalLong.empty(), there.withAddresses(page), some::add);
            assertThat(some)
                    .isEqualTo(all.stream()
                            .filter(e -> page.overlaps(e.linear(), e.size()))
                            .toList());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = PagedGuest.Mode.class,
            names = {"NONE", "LEVEL4"})
    void descriptorsAreWhatTheirBitsSay(PagedGuest.Mode mode) throws IOException {
        Path file = folder.resolve("d" + mode + ".rst");
        try (Recording recording = PagedGuest.record(file, mode, new Random(7))) {
            long position = recording.trace().endPosition();
            DescriptorContents.Contents contents = DescriptorContents.at(recording, position, Asker.PATIENT);
            Timeline timeline = new Timeline(recording.trace(), Detail.FLOW);
            assertThat(contents.places()).hasSize(2);
            int checked = 0;
            for (DescriptorContents.Entry entry : contents.entries()) {
                byte[] raw = MemoryContents.page(
                        timeline, position, MemoryContents.Space.VIRTUAL, entry.address(), entry.bytes());
                java.math.BigInteger bits = bits(raw);
                assertThat(entry.dpl()).isEqualTo(field(bits, 45, 2));
                assertThat(entry.present()).isEqualTo(field(bits, 47, 1) == 1);
                if (!entry.gate()) {
                    long limit = field(bits, 0, 16) | field(bits, 48, 4) << 16;
                    assertThat(entry.limit()).isEqualTo(field(bits, 55, 1) == 1 ? limit << 12 | 0xfff : limit);
                    long high = entry.bytes() == 16 ? field(bits, 64, 32) << 32 : 0;
                    assertThat(entry.base()).isEqualTo(field(bits, 16, 24) | field(bits, 56, 8) << 24 | high);
                } else {
                    assertThat(entry.selector()).isEqualTo((int) field(bits, 16, 16));
                    assertThat(entry.offset() & 0xffff).isEqualTo(field(bits, 0, 16));
                }
                checked++;
            }
            assertThat(checked).isGreaterThan(100);
        }
    }

    private static java.math.BigInteger bits(byte[] littleEndian) {
        byte[] big = new byte[littleEndian.length];
        for (int i = 0; i < big.length; i++) {
            big[i] = littleEndian[big.length - 1 - i];
        }
        return new java.math.BigInteger(1, big);
    }

    private static long field(java.math.BigInteger bits, int from, int width) {
        return bits.shiftRight(from)
                .and(java.math.BigInteger.ONE.shiftLeft(width).subtract(java.math.BigInteger.ONE))
                .longValueExact();
    }
}
