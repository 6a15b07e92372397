package dev.ringscope.trace.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.export.DrawnPicture.Instant;
import dev.ringscope.trace.export.DrawnPicture.Slice;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Traps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is drawn agrees with a walk over all instructions. */
class PictureTest {
    private static final int IRET = 0xcf;

    @TempDir
    static Path folder;

    private static DemoExport demo;
    private static DrawnPicture picture;
    private static final List<Event.Halt> HALTS = new ArrayList<>();

    @BeforeAll
    static void draw() throws IOException {
        demo = DemoExport.in(folder);
        picture = new DrawnPicture();
        Picture.draw(demo.of(Range.ALL), picture);
        Events.list(demo.recording(), EnumSet.of(Events.Kind.HALT), Filter.ALL, e -> HALTS.add((Event.Halt) e));
    }

    @AfterAll
    static void close() throws IOException {
        demo.close();
    }

    /** When the instruction at a position begins. */
    private static long time(long position) {
        return position
                + HALTS.stream()
                        .filter(h -> h.position() <= position)
                        .mapToLong(h -> h.until() - h.from())
                        .sum();
    }

    /** What was begun last at or in front of each position. */
    private static TreeMap<Long, Slice> byPosition(List<Slice> slices) {
        TreeMap<Long, Slice> last = new TreeMap<>();
        slices.stream().sorted(Comparator.comparingLong(Slice::begin)).forEach(s -> last.put(s.position(), s));
        return last;
    }

    @Test
    void slicesNestAndEnd() {
        picture.checkThatAllHasEnded();
        assertThat(HALTS).isNotEmpty();
        assertThat(picture.slices).hasSizeGreaterThan(1000);
        for (Slice slice : picture.slices) {
            assertThat(slice.mark().name()).isNotEmpty();
            assertThat(DrawnPicture.text(slice.mark(), "gdb")).isEqualTo("monitor seek " + slice.position());
        }
    }

    @Test
    void everyInstructionIsInTheRingAndAddressSpaceThatAreDrawn() throws IOException {
        TreeMap<Long, Slice> rings = byPosition(picture.on("Ring"));
        TreeMap<Long, Slice> spaces = byPosition(picture.slices.stream()
                .filter(s -> s.track().group().name().equals("Address spaces"))
                .toList());
        InstructionCursor cursor = demo.recording().trace().instructions(0);
        long count = 0;
        while (cursor.next()) {
            Slice ring = rings.floorEntry(cursor.position()).getValue();
            Slice space = spaces.floorEntry(cursor.position()).getValue();
            assertThat(ring.mark().name()).isEqualTo("ring " + cursor.ring());
            assertThat(space.track().name()).isEqualTo("CR3 0x" + Long.toHexString(cursor.translationRoot() & ~0xfffL));
            count++;
        }
        assertThat(count).isEqualTo(demo.recording().trace().endPosition());
    }

    @Test
    void aSliceBeginsWithTheInstructionAtItsPosition() {
        assertThat(picture.slices)
                .filteredOn(s -> !s.track().name().equals("HLT"))
                .filteredOn(s -> s.begin() != s.end())
                .allSatisfy(s -> assertThat(s.begin())
                        .isBetween(
                                HALTS.getFirst().position() > s.position() ? time(s.position()) : 0,
                                time(s.position())));
    }

    @Test
    void trapsAreInstants() throws IOException {
        List<Long> expected = new ArrayList<>();
        Traps.list(demo.recording(), Filter.ALL, trap -> expected.add(trap.position()));
        List<Instant> found = picture.instants.stream()
                .filter(i -> i.track().name().equals("Traps"))
                .toList();
        assertThat(found).extracting(i -> DrawnPicture.position(i.mark())).isEqualTo(expected);
        assertThat(found).extracting(i -> i.mark().name()).contains("#PF page fault", "vector 0x80");
        Instant fault = found.stream()
                .filter(i -> i.mark().name().equals("#PF page fault"))
                .findFirst()
                .orElseThrow();
        assertThat(DrawnPicture.text(fault.mark(), "reason")).isEqualTo("a user-mode access to a supervisor page");
    }

    /** The instruction executed last in front of a time. */
    private static int lastByteOfCodeBefore(long time) throws IOException {
        long position = 0;
        long end = demo.recording().trace().endPosition();
        while (position + 1 < end && time(position + 1) < time) {
            position++;
        }
        InstructionCursor cursor = demo.recording().trace().instructions(position);
        assertThat(cursor.advance(position)).isTrue();
        return cursor.code()[cursor.code().length - 1] & 0xff;
    }

    @Test
    void aHandlerLastsFromItsTrapToItsIret() throws IOException {
        List<Slice> handlers = new ArrayList<>(picture.on("Interrupt handlers"));
        handlers.sort(Comparator.comparingLong(Slice::position));
        List<Long> expected = new ArrayList<>();
        Traps.list(
                demo.recording(),
                Filter.ALL,
                t -> expected.add(t.position() + (t.cause() == Event.Cause.SOFTWARE_INTERRUPT ? 1 : 0)));
        assertThat(handlers).extracting(Slice::position).containsAll(expected);
        int returned = 0;
        for (Slice handler : handlers) {
            returned += lastByteOfCodeBefore(handler.end()) == IRET ? 1 : 0;
        }
        assertThat(returned).isGreaterThan(expected.size() / 2);
    }

    @Test
    void countersGoUpToWhatTheTraceHolds() {
        var totals = demo.recording().trace().index().getTotals();
        var flushes = picture.counts.stream()
                .filter(c -> c.track().name().equals("TLB flushes"))
                .toList();
        assertThat(flushes.getLast().value())
                .isEqualTo(totals.getEventCounts().getTranslationFlushes())
                .isPositive();
        var memory = picture.counts.stream()
                .filter(c -> c.track().name().equals("Memory touched"))
                .toList();
        assertThat(memory).extracting(DrawnPicture.Count::value).isSorted();
        assertThat(memory.getLast().value()).isPositive();
        assertThat(picture.counts)
                .filteredOn(c -> c.track().name().equals("MIPS"))
                .extracting(DrawnPicture.Count::value)
                .contains(1000L, 0L);
    }

    @Test
    void aPartHoldsWhatTheWholeHoldsThere() throws IOException {
        DrawnPicture part = new DrawnPicture();
        Picture.draw(demo.of(new Range(16_000, 20_000, 0)), part);
        part.checkThatAllHasEnded();
        for (String track : List.of("Ring", "Interrupt handlers", "System calls", "Call stack")) {
            List<Slice> expected = picture.on(track).stream()
                    .filter(s -> s.end() > time(16_000) && s.begin() < time(20_000))
                    .toList();
            assertThat(part.on(track))
                    .extracting(s -> s.mark().name())
                    .as(track)
                    .containsExactlyElementsOf(
                            expected.stream().map(s -> s.mark().name()).toList());
        }
        assertThat(part.slices).allSatisfy(s -> {
            assertThat(s.position()).isBetween(16_000L, 20_000L);
            assertThat(s.begin()).isGreaterThanOrEqualTo(time(16_000));
            assertThat(s.end()).isLessThanOrEqualTo(time(20_000));
        });
    }
}
