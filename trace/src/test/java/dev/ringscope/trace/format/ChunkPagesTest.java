package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.Snapshot.LinearPages;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import dev.ringscope.trace.TraceFormatException;
import org.junit.jupiter.api.Test;

class ChunkPagesTest {
    private static final Place PLACE = new Place("a.rst", 100, "summary");
    private static final long HIGH = 0xffff_8000_0012_3000L;

    /** Page 7 is written in line 2 and 63, page 9 in line 0; both through HIGH, page 9 also at linear 9000. */
    private static ChunkSummary summary() {
        ChunkSummary.Builder summary = ChunkSummary.newBuilder();
        long high = ChunkPages.linearPage(HIGH);
        new ChunkPages(
                        new long[] {7, 9},
                        new long[] {1L << 2 | 1L << 63, 1},
                        new long[] {9, 12},
                        new LinearPages(new long[] {9, 20, high, high}, new long[] {9, -1, 7, 9}, new long[] {3, high}))
                .put(summary);
        return summary.build();
    }

    private static ChunkTouches read(ChunkSummary summary) {
        return new ChunkTouches(PLACE, summary);
    }

    @Test
    void writesAreToldApartByLines() {
        ChunkTouches pages = read(summary());
        assertThat(pages.mayWriteLinear(HIGH + 0x80, 1)).isTrue();
        assertThat(pages.mayWriteLinear(HIGH + 0xbf, 1)).isTrue();
        assertThat(pages.mayWriteLinear(HIGH + 0xc0, 1)).isFalse();
        assertThat(pages.mayWriteLinear(HIGH + 0x7f, 1)).isFalse();
        assertThat(pages.mayWriteLinear(HIGH + 0x7f, 2)).isTrue();
        assertThat(pages.mayWriteLinear(HIGH, 1))
                .as("its line 0 is that of page 9")
                .isTrue();
        assertThat(pages.mayWriteLinear(HIGH - 100, 90)).isFalse();
        assertThat(pages.mayWriteLinear(HIGH - 100, 101)).isTrue();
        assertThat(pages.mayWriteLinear(0x9000, 64)).isTrue();
        assertThat(pages.mayWriteLinear(0x9080, 8))
                .as("line 2 of page 7, but linear 9000 is page 9")
                .isFalse();
        assertThat(pages.mayWriteLinear(0x14abc, 1)).as("a device's page").isTrue();
        assertThat(pages.mayWritePhysical(0x7fff, 1)).isTrue();
        assertThat(pages.mayWritePhysical(0x7f00, 8)).isFalse();
        assertThat(pages.mayWritePhysical(0x8000, 0x1000)).isFalse();
        assertThat(pages.mayWritePhysical(0x0, 0x10000)).isTrue();
        assertThat(pages.mayWritePhysical(0xa000, 0x10000)).isFalse();
    }

    @Test
    void readsAreToldApartByPages() {
        ChunkTouches pages = read(summary());
        assertThat(pages.mayReadLinear(HIGH + 0xfff, 1)).isTrue();
        assertThat(pages.mayReadLinear(HIGH + 0x1000, 1)).isFalse();
        assertThat(pages.mayReadLinear(0x2fff, 2)).isTrue();
        assertThat(pages.mayReadPhysical(0xa000, 0x2000)).isFalse();
        assertThat(pages.mayReadPhysical(0xa000, 0x2001)).isTrue();
    }

    @Test
    void whatOlderFilesLackMayBeAnything() {
        ChunkTouches lineless = read(summary().toBuilder().clearLinesWritten().build());
        assertThat(lineless.mayWriteLinear(HIGH + 0xc0, 1)).isTrue();
        assertThat(lineless.mayWriteLinear(HIGH + 0x1000, 1)).isFalse();
        ChunkTouches old = read(summary().toBuilder()
                .clearLinesWritten()
                .clearLinearKnown()
                .clearLinearWritten()
                .clearLinearWrittenTo()
                .clearLinearRead()
                .build());
        assertThat(old.mayWriteLinear(0, 1)).isTrue();
        assertThat(old.mayReadLinear(0, 1)).isTrue();
        assertThat(old.mayWritePhysical(0x7000, 1)).isTrue();
        assertThat(old.mayWritePhysical(0x8000, 1)).isFalse();
        assertThat(read(ChunkSummary.newBuilder().addPagesExecuted(5).build()).mayRunLinear(0, 1))
                .isTrue();
    }

    @Test
    void listsThatContradictEachOtherAreRefused() {
        refused(summary().toBuilder().addLinesWritten(3), "expected lines of 2 written pages, found 3");
        refused(summary().toBuilder().addLinearWrittenTo(0), "4 entries of linear_written_to, found 5");
        refused(summary().toBuilder().setLinearWrittenTo(3, 5), "a place from 0 to 2");
        refused(summary().toBuilder().setLinearWrittenTo(0, -1), "a place from 0 to 2");
        refused(summary().toBuilder().setLinearWritten(2, 1L << 36), "a linear page of 36 bits");
        refused(summary().toBuilder().setLinearWritten(2, -1), "a linear page of 36 bits");
        refused(summary().toBuilder().setPagesRead(1, 0), "a difference above 0");
    }

    @Test
    void aQuestionToSuchListsIsRefusedToo() {
        assertThatThrownBy(() -> read(summary().toBuilder()
                                .setLinearWrittenTo(0, 3)
                                .build())
                        .mayWriteLinear(0x9000, 1))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("a place from 0 to 2");
        assertThatThrownBy(() ->
                        read(summary().toBuilder().addLinesWritten(3).build()).mayWritePhysical(0x7000, 1))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("lines of 2 written pages");
        assertThatThrownBy(() ->
                        read(summary().toBuilder().setPagesRead(0, -1).build()).mayReadPhysical(0x7000, 1))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("an ascending list");
    }

    @Test
    void theListsComeBack() {
        ChunkPages pages = ChunkPages.of(PLACE, summary());
        assertThat(pages.written()).containsExactly(7, 9);
        assertThat(pages.lines()).containsExactly(1L << 2 | 1L << 63, 1);
        assertThat(pages.read()).containsExactly(9, 12);
        long high = ChunkPages.linearPage(HIGH);
        assertThat(pages.linear().written()).containsExactly(9, 20, high, high);
        assertThat(pages.linear().physical()).containsExactly(9, -1, 7, 9);
        assertThat(pages.linear().read()).containsExactly(3, high);
    }

    private static void refused(ChunkSummary.Builder summary, String message) {
        assertThatThrownBy(() -> ChunkPages.of(PLACE, summary.build()))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("offset 100")
                .hasMessageContaining(message);
    }
}
