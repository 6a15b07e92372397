package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Snapshot.LinearPages;
import dev.ringscope.proto.trace.v1.ChunkSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a bundle says is what one of its chunks says, by pages. */
class ChunkBundleTest {
    private static final Place PLACE = new Place("test", 0, "summary");
    private static final int PAGES = 400;

    private final Random random = new Random(8);

    private long[] pages(int most) {
        return LongStream.generate(() -> random.nextInt(PAGES))
                .limit(random.nextInt(most))
                .distinct()
                .sorted()
                .toArray();
    }

    private ChunkSummary.Builder chunk() {
        long[] written = pages(8);
        long[] lines = LongStream.generate(() -> -1).limit(written.length).toArray();
        long[] linear = pages(8);
        long[] physical = IntStream.range(0, linear.length)
                .mapToLong(i -> written.length == 0 ? -1 : written[random.nextInt(written.length)])
                .toArray();
        ChunkSummary.Builder summary = ChunkSummary.newBuilder()
                .addRingInstructions(random.nextInt(100))
                .addTranslationRoots(random.nextInt(5) << 12)
                .addAllPagesExecuted(SortedDeltas.encode(pages(4)))
                .addAllLinearExecuted(SortedDeltas.encode(pages(4)));
        new ChunkPages(written, lines, pages(8), new LinearPages(linear, physical, pages(8))).put(summary);
        return summary;
    }

    private static ChunkSummary together(List<ChunkSummary> chunks) {
        ChunkBundle bundle = new ChunkBundle();
        chunks.forEach(bundle::add);
        assertThat(bundle.whole()).isEqualTo(chunks.size() == ChunkBundle.CHUNKS);
        return bundle.build();
    }

    private List<ChunkSummary> chunks() {
        List<ChunkSummary> chunks = new ArrayList<>();
        for (int i = 0; i < ChunkBundle.CHUNKS; i++) {
            chunks.add(chunk().build());
        }
        return chunks;
    }

    private static void assertSame(List<ChunkSummary> chunks, ChunkSummary bundle, Predicate<ChunkTouches> question) {
        boolean any = chunks.stream().anyMatch(chunk -> question.test(new ChunkTouches(PLACE, chunk)));
        assertThat(question.test(new ChunkTouches(PLACE, bundle))).isEqualTo(any);
    }

    @Test
    void aBundleHoldsWhatOneOfItsChunksHolds() {
        for (int n = 0; n < 20; n++) {
            List<ChunkSummary> chunks = chunks();
            ChunkSummary bundle = together(chunks);
            for (int page = 0; page < PAGES + 3; page++) {
                long address = page * 4096L + random.nextInt(4000);
                assertSame(chunks, bundle, touches -> touches.mayWritePhysical(address, 8));
                assertSame(chunks, bundle, touches -> touches.mayReadPhysical(address, 8));
                assertSame(chunks, bundle, touches -> touches.mayRunPhysical(address, 1));
                assertSame(chunks, bundle, touches -> touches.mayWriteLinear(address, 8));
                assertSame(chunks, bundle, touches -> touches.mayReadLinear(address, 8));
                assertSame(chunks, bundle, touches -> touches.mayRunLinear(address, 1));
            }
            assertThat(bundle.getRingInstructions(0))
                    .isEqualTo(chunks.stream()
                            .mapToLong(c -> c.getRingInstructions(0))
                            .sum());
            assertThat(bundle.getTranslationRootsList())
                    .isEqualTo(chunks.stream()
                            .map(c -> c.getTranslationRoots(0))
                            .distinct()
                            .sorted()
                            .toList());
        }
    }

    @Test
    void aChunkWithoutListsIsThatOfTheNextOneWithThem() {
        List<ChunkSummary> chunks = chunks();
        ChunkSummary unknown = ChunkSummary.newBuilder().setPagesUnknown(true).build();
        chunks.set(10, unknown);
        ChunkSummary bundle = together(chunks);
        assertThat(bundle.getPagesUnknown()).isFalse();
        assertThat(bundle.getLinearKnown()).isTrue();

        chunks.set(ChunkBundle.CHUNKS - 1, unknown);
        assertThat(together(chunks).getPagesUnknown())
                .as("the list that covers the last chunk is another bundle's")
                .isTrue();
    }

    @Test
    void whatOneChunkDoesNotKnowTheBundleDoesNotKnow() {
        List<ChunkSummary> chunks = chunks();
        chunks.set(
                5,
                chunk().clearLinearKnown()
                        .clearLinearWritten()
                        .clearLinearWrittenTo()
                        .build());
        chunks.set(
                6,
                chunk().clearPagesExecuted()
                        .addPagesExecuted(7)
                        .clearLinearExecuted()
                        .build());
        ChunkTouches bundle = new ChunkTouches(PLACE, together(chunks));
        assertThat(bundle.mayWriteLinear(PAGES * 8192L, 8)).isTrue();
        assertThat(bundle.mayRunLinear(PAGES * 8192L, 1)).isTrue();
        assertThat(bundle.mayWritePhysical(PAGES * 8192L, 8)).isFalse();
    }

    @Test
    void moreTranslationRootsThanAreKeptAreUnknown() {
        List<ChunkSummary> chunks = chunks();
        ChunkSummary.Builder many = chunk();
        for (int i = 0; i < 5000; i++) {
            many.addTranslationRoots((long) i << 12);
        }
        chunks.set(3, many.build());
        assertThat(together(chunks).getTranslationRootsList()).isEmpty();
    }
}
