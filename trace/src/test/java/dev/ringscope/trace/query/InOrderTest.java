package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Parts are searched side by side, and what they find is handed on in order, whoever is slow and whoever gives up. */
@Timeout(120)
class InOrderTest {
    private static final int PARTS = 40;

    /** A part that finds its number so many times. */
    private static InOrder.Part<Integer> counting(int[] sizes) {
        return (number, found) -> {
            for (int i = 0; i < sizes[number]; i++) {
                found.check();
                found.take(number);
            }
        };
    }

    private static int[] sizes() {
        return new Random(3).ints(PARTS, 0, 20_000).toArray();
    }

    @Test
    void answersComeInTheOrderOfTheParts() throws IOException {
        int[] sizes = sizes();
        List<Integer> expected = new ArrayList<>();
        for (int part = 0; part < PARTS; part++) {
            for (int i = 0; i < sizes[part]; i++) {
                expected.add(part);
            }
        }
        List<Integer> taken = new ArrayList<>();

        InOrder.search(PARTS, counting(sizes), taken::add);

        assertThat(taken).isEqualTo(expected);
    }

    @Test
    void whatNobodyHasTakenYetIsBounded() throws IOException {
        AtomicLong found = new AtomicLong();
        AtomicLong ahead = new AtomicLong();
        long[] taken = new long[1];

        InOrder.<Integer>search(
                PARTS,
                (number, answers) -> {
                    for (int i = 0; i < 100_000; i++) {
                        found.incrementAndGet();
                        answers.take(number);
                    }
                },
                number -> {
                    taken[0]++;
                    ahead.accumulateAndGet(found.get() - taken[0], Math::max);
                    return true;
                });

        int searches = Runtime.getRuntime().availableProcessors() + 1;
        assertThat(taken[0]).isEqualTo(100_000L * PARTS);
        assertThat(ahead.get()).isLessThanOrEqualTo(searches * 34L * 512);
    }

    @Test
    void noMorePartsThanWorkersAreSearchedAtATime() throws IOException {
        AtomicInteger searching = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Integer> taken = new ArrayList<>();

        InOrder.<Integer>search(
                PARTS,
                (number, answers) -> {
                    most.accumulateAndGet(searching.incrementAndGet(), Math::max);
                    for (int i = 0; i < 2_000; i++) {
                        Thread.yield();
                        answers.take(number);
                    }
                    searching.decrementAndGet();
                },
                1,
                taken::add);

        assertThat(taken).hasSize(PARTS * 2_000).isSorted();
        assertThat(most).hasValue(1);
    }

    @Test
    void whoHasEnoughEndsTheSearchOfEveryPart() throws IOException {
        AtomicInteger searching = new AtomicInteger();
        List<Integer> taken = new ArrayList<>();

        InOrder.<Integer>search(
                PARTS,
                (number, answers) -> {
                    searching.incrementAndGet();
                    try {
                        while (true) { // ended by check alone
                            answers.check();
                            answers.take(number);
                        }
                    } finally {
                        searching.decrementAndGet();
                    }
                },
                number -> {
                    taken.add(number);
                    return taken.size() < 1000;
                });

        assertThat(taken).hasSize(1000).containsOnly(0);
        assertThat(searching).hasValue(0);
    }

    @Test
    void whoGivesUpEndsTheSearchOfEveryPart() {
        AtomicInteger searching = new AtomicInteger();
        Answers<Integer> giver = new Answers<>() {
            @Override
            public boolean take(Integer answer) {
                return true;
            }

            @Override
            public void check() {
                throw new CancellationException("enough");
            }
        };

        assertThatThrownBy(() -> InOrder.<Integer>search(
                        PARTS,
                        (number, answers) -> {
                            searching.incrementAndGet();
                            try {
                                while (true) {
                                    answers.check(); // finds nothing: nothing is ever handed on
                                    Thread.onSpinWait();
                                }
                            } finally {
                                searching.decrementAndGet();
                            }
                        },
                        giver))
                .isInstanceOf(CancellationException.class)
                .hasMessage("enough");
        assertThat(searching).hasValue(0);
    }

    @Test
    void aFailureComesBehindTheAnswersOfThePartsBeforeIt() {
        int[] sizes = sizes();
        List<Integer> taken = new ArrayList<>();
        InOrder.Part<Integer> counting = counting(sizes);

        assertThatThrownBy(() -> InOrder.<Integer>search(
                        PARTS,
                        (number, answers) -> {
                            counting.search(number, answers);
                            if (number == 7) {
                                throw new IOException("part 7");
                            }
                        },
                        taken::add))
                .isInstanceOf(IOException.class)
                .hasMessage("part 7");
        long before = java.util.Arrays.stream(sizes, 0, 7).sum();
        assertThat(taken).hasSizeGreaterThanOrEqualTo((int) before);
        assertThat(taken.getLast()).isLessThanOrEqualTo(7);
    }

    // ---- answers in bulk --------------------------------------------------------------------------------------------

    private static final long BULK = 1000;
    private static final long MEMORY = 200 * BULK;

    private record Many(int number, int index) implements Bulk {
        @Override
        public long bytes() {
            return BULK;
        }
    }

    /** A part that finds so many bulks. */
    private static InOrder.Part<Many> bulks(int each, AtomicLong found) {
        return (number, answers) -> {
            for (int i = 0; i < each; i++) {
                found.incrementAndGet();
                answers.take(new Many(number, i));
            }
        };
    }

    private static void assertFree(Ahead ahead) {
        assertThat(ahead.reserve(MEMORY)).as("all memory has been given back").isTrue();
    }

    @Test
    void bulksComeInOrderAndTakeNoMoreThanTheMemoryThereIs() throws IOException {
        Ahead memory = new Ahead(MEMORY);
        AtomicLong found = new AtomicLong();
        AtomicLong ahead = new AtomicLong();
        List<Many> taken = new ArrayList<>();

        InOrder.search(PARTS, bulks(500, found), memory, many -> {
            taken.add(many);
            ahead.accumulateAndGet(found.get() - taken.size(), Math::max);
            return true;
        });

        List<Many> expected = new ArrayList<>();
        for (int i = 0; i < PARTS * 500; i++) {
            expected.add(new Many(i / 500, i % 500));
        }
        assertThat(taken).isEqualTo(expected);
        int searches = Runtime.getRuntime().availableProcessors() + 1;
        assertThat(ahead.get()).isLessThanOrEqualTo(MEMORY / BULK + searches * 10L);
        assertFree(memory);
    }

    @Test
    void aPartWithoutMemoryGoesOnWhenItsTurnComes() throws IOException {
        List<Many> taken = new ArrayList<>();

        InOrder.search(PARTS, bulks(100, new AtomicLong()), new Ahead(0), taken::add);

        assertThat(taken).hasSize(PARTS * 100).last().isEqualTo(new Many(PARTS - 1, 99));
    }

    @Test
    void whoHasEnoughGivesTheMemoryBack() throws IOException {
        Ahead memory = new Ahead(MEMORY);

        InOrder.<Many>search(PARTS, bulks(500, new AtomicLong()), memory, many -> many.number() < 3);

        assertFree(memory);
    }

    @Test
    void aFailureGivesTheMemoryBack() {
        Ahead memory = new Ahead(MEMORY);
        InOrder.Part<Many> bulks = bulks(100, new AtomicLong());

        assertThatThrownBy(() -> InOrder.<Many>search(
                        PARTS,
                        (number, found) -> {
                            bulks.search(number, found);
                            if (number == 5) {
                                throw new IOException("part 5");
                            }
                        },
                        memory,
                        _ -> true))
                .hasMessage("part 5");
        assertFree(memory);
    }
}
