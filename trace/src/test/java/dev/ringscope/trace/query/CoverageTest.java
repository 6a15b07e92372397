package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.InstructionCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Coverage against a plain count of single instructions. */
class CoverageTest {
    @TempDir
    static Path folder;

    private static Recording recording;

    @BeforeAll
    static void record() throws IOException {
        recording = Recording.open(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW));
    }

    @AfterAll
    static void close() throws IOException {
        recording.close();
    }

    private record Where(long root, long address) {}

    private record Times(long count, long first, long last, int rings) {
        Times and(Times other) {
            return new Times(
                    count + other.count, Math.min(first, other.first), Math.max(last, other.last), rings | other.rings);
        }
    }

    /** What each instruction's first byte was executed, from walking over all of them. */
    private static Map<Where, Times> plain(Filter filter) throws IOException {
        Map<Where, Times> times = new HashMap<>();
        InstructionCursor i = recording.trace().instructions(filter.range().from());
        while (i.next()) {
            boolean right = filter.range().holds(i.position())
                    && (filter.rings().isEmpty() || filter.rings().contains(i.ring()))
                    && (filter.roots().isEmpty() || filter.roots().contains(i.translationRoot() & ~0xfffL));
            if (right) {
                times.merge(
                        new Where(i.translationRoot() & ~0xfffL, i.address()),
                        new Times(1, i.position(), i.position(), 1 << i.ring()),
                        Times::and);
            }
        }
        return times;
    }

    private static List<Coverage.Covered> covered(Filter filter) throws IOException {
        List<Coverage.Covered> list = new ArrayList<>();
        Coverage.list(recording, filter, list::add);
        return list;
    }

    @Test
    void everyInstructionIsCountedAsOftenAsItRetired() throws IOException {
        for (Filter filter :
                List.of(Filter.ALL, Filter.ALL.withRings(Set.of(3)), Filter.ALL.withRings(Set.of(0, 1, 2)))) {
            long expected =
                    plain(filter).values().stream().mapToLong(Times::count).sum();
            long found = covered(filter).stream()
                    .mapToLong(c -> c.executions() * c.instructions())
                    .sum();
            assertThat(found).isEqualTo(expected).isPositive();
        }
    }

    @Test
    void aBlocksFirstInstructionTellsWhenItRan() throws IOException {
        Map<Where, Times> plain = plain(Filter.ALL);
        Map<Where, Times> found = new HashMap<>();
        for (Coverage.Covered c : covered(Filter.ALL)) {
            found.merge(
                    new Where(c.root(), c.address()),
                    new Times(c.executions(), c.first(), c.last(), c.rings()),
                    Times::and);
        }
        assertThat(found).hasSizeGreaterThan(100);
        found.forEach((where, times) -> {
            Times all = plain.get(where);
            // the same instruction may be in the middle of another block as well
            assertThat(all).as("%s", where).isNotNull();
            assertThat(times.count).isLessThanOrEqualTo(all.count);
            assertThat(times.first).isGreaterThanOrEqualTo(all.first);
            assertThat(times.last).isLessThanOrEqualTo(all.last);
            assertThat(times.rings & ~all.rings).isZero();
        });
    }

    @Test
    void filtersAndRangesNarrowItDown() throws IOException {
        Random random = new Random(4);
        long end = recording.trace().endPosition();
        List<Coverage.Covered> all = covered(Filter.ALL);
        for (int n = 0; n < 20; n++) {
            long from = random.nextLong(end);
            Range range = new Range(from, from + random.nextLong(end - from) + 1, 0);
            Coverage.Covered some = all.get(random.nextInt(all.size()));
            AddressRanges code = AddressRanges.of(List.of(AddressRanges.Span.of(some.address(), some.size())));
            List<Coverage.Covered> part = covered(Filter.of(range).withCode(code));
            assertThat(part).allMatch(c -> code.overlaps(c.address(), c.size()));
            assertThat(part).allMatch(c -> range.holds(c.first()) && range.holds(c.last()));
            boolean ran = range.holds(some.first()) || range.holds(some.last());
            assertThat(part.stream().anyMatch(c -> c.address() == some.address() && c.root() == some.root()))
                    .as("%s in %s", some, range)
                    .isIn(ran, true);
        }
        assertThat(covered(Filter.of(new Range(0, 7)))).isEqualTo(all.subList(0, 7));
    }
}
