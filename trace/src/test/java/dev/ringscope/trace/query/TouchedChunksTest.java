package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.AccessCursor;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.format.TraceMap;
import dev.ringscope.trace.query.Touch.Kind;
import dev.ringscope.trace.query.Touch.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index against what really was accessed, as the trace of detail memory lists it, or as memory shows it. */
class TouchedChunksTest {
    private static final int LINE = 64;
    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    private TraceReader trace;
    private TouchedChunks touched;

    @BeforeEach
    void record() throws IOException {
        Path file = folder.resolve("a.rst");
        Guests.demonstration(file, Guests.options(Detail.MEMORY).withDistances(700, 20_000, 50_000), _ -> {});
        trace = TraceReader.open(file);
        touched = new TouchedChunks(trace);
        assertThat(trace.chunkCount()).isGreaterThan(200);
    }

    @AfterEach
    void close() throws IOException {
        trace.close();
    }

    /** Linear units of a size that were accessed in each chunk. */
    private List<Set<Long>> accessed(boolean writes, int unit) throws IOException {
        List<Set<Long>> chunks = new ArrayList<>();
        for (int i = 0; i < trace.chunkCount(); i++) {
            Set<Long> units = new HashSet<>();
            AccessCursor accesses = trace.chunks().decode(i).accesses();
            while (accesses.next()) {
                if (accesses.write() == writes) {
                    units.add(Math.floorDiv(accesses.address(), unit));
                    units.add(Math.floorDiv(accesses.address() + accesses.size() - 1, unit));
                }
            }
            chunks.add(units);
        }
        return chunks;
    }

    private int surplus(List<Set<Long>> accessed, Kind kind, int unit) {
        Set<Long> all = new HashSet<>();
        accessed.forEach(all::addAll);
        int surplus = 0;
        for (int i = 0; i < accessed.size(); i++) {
            for (long one : all) {
                boolean may = touched.mayHold(i, new Touch(kind, Space.LINEAR, one * unit, unit));
                boolean did = accessed.get(i).contains(one);
                assertThat(may || !did)
                        .as("%s of %x in chunk %d", kind, one * unit, i)
                        .isTrue();
                surplus += may && !did ? 1 : 0;
            }
        }
        return surplus;
    }

    @Test
    void noWriteIsMissedAndLinesAreToldApart() throws IOException {
        List<Set<Long>> lines = accessed(true, LINE);
        int written = lines.stream().mapToInt(Set::size).sum();
        assertThat(written).isGreaterThan(500);
        // Only the processor's own marks in page tables, and one page under two linear addresses, are more.
        assertThat(surplus(lines, Kind.WRITE, LINE)).isLessThan(written / 100);
    }

    @Test
    void withoutPagingTheIndexSaysExactlyWhatHappened() throws IOException {
        trace.close();
        Path file = folder.resolve("random.rst");
        RandomStores.record(file, Guests.options(Detail.MEMORY).withDistances(200, 3_000, 5_000), 12_000);
        trace = TraceReader.open(file);
        touched = new TouchedChunks(trace);
        List<Set<Long>> lines = accessed(true, LINE);
        assertThat(lines.stream().mapToInt(Set::size).sum()).isGreaterThan(5000);
        assertThat(surplus(lines, Kind.WRITE, LINE)).isZero();
        assertThat(surplus(accessed(false, PAGE), Kind.READ, PAGE)).isZero();
        for (int i = 0; i < trace.chunkCount(); i++) {
            for (long line = 0; line < 0x8_0000 / LINE; line++) {
                boolean may = touched.mayHold(i, new Touch(Kind.WRITE, Space.PHYSICAL, line * LINE, LINE));
                assertThat(may).isEqualTo(lines.get(i).contains(line));
            }
        }
    }

    @Test
    void noReadIsMissedAndPagesAreToldApart() throws IOException {
        List<Set<Long>> pages = accessed(false, PAGE);
        assertThat(pages.stream().mapToInt(Set::size).sum()).isGreaterThan(500);
        assertThat(surplus(pages, Kind.READ, PAGE)).isZero();
    }

    @Test
    void whateverChangesInMemoryIsAWriteOfItsPhysicalAddress() throws IOException {
        Timeline timeline = new Timeline(trace, Detail.FLOW);
        timeline.seek(0);
        byte[] memory = timeline.machine().memory().whole();
        byte[][] before = {memory.clone()};
        int[] changed = {0};
        timeline.setListener(new QuietRecorder() {
            private int chunk;

            @Override
            public long chunkEnd(Snapshot snapshot) {
                for (int i = 0; i < memory.length; i++) {
                    if (memory[i] != before[0][i]) {
                        changed[0]++;
                        assertThat(touched.mayHold(chunk, new Touch(Kind.WRITE, Space.PHYSICAL, i, 1)))
                                .as("byte %x in chunk %d", i, chunk)
                                .isTrue();
                    }
                }
                System.arraycopy(memory, 0, before[0], 0, memory.length);
                chunk++;
                return Long.MAX_VALUE;
            }
        });
        timeline.run(30_000);
        assertThat(changed[0]).isGreaterThan(300);
    }

    /** Hears of chunk ends only. */
    private abstract static class QuietRecorder implements Recorder {
        @Override
        public void define(dev.ringscope.emulator.insn.Block block) {}

        @Override
        public void flow(int[] entries, int count) {}

        @Override
        public void event(Event event) {}

        @Override
        public void accesses(dev.ringscope.emulator.AccessLog log) {}

        @Override
        public void registers(dev.ringscope.emulator.RegisterLog log) {}
    }

    @Test
    void theLastChunkIsTheLastThatHoldsOneOfThem() throws IOException {
        List<Set<Long>> lines = accessed(true, LINE);
        Random random = new Random(2);
        List<Long> all = lines.stream().flatMap(Set::stream).distinct().sorted().toList();
        for (int i = 0; i < 300; i++) {
            List<Touch> wanted = List.of(
                    new Touch(Kind.WRITE, Space.LINEAR, all.get(random.nextInt(all.size())) * LINE + 5, 3),
                    new Touch(Kind.WRITE, Space.LINEAR, all.get(random.nextInt(all.size())) * LINE, 64));
            int from = random.nextInt(trace.chunkCount());
            int expected = from;
            while (expected >= 0 && wanted.stream().noneMatch(mayHold(expected))) {
                expected--;
            }
            assertThat(touched.last(from, wanted)).isEqualTo(expected);
        }
        assertThat(touched.last(trace.chunkCount() - 1, List.of())).isEqualTo(-1);
    }

    @Test
    void bundlesOfChunksAreAskedFirst() throws IOException {
        List<TraceMap.BundlePlace> bundles = trace.map().bundles();
        assertThat(bundles).hasSize(trace.chunkCount() / 64);
        for (int chunk = 0; chunk < trace.chunkCount(); chunk++) {
            assertThat(trace.map().bundleOf(chunk)).isEqualTo(chunk / 64 < bundles.size() ? chunk / 64 : -1);
        }
        List<Set<Long>> pages = accessed(true, PAGE);
        int left = 0;
        for (long page : pages.stream().flatMap(Set::stream).distinct().toList()) {
            for (int bundle = 0; bundle < bundles.size(); bundle++) {
                boolean any =
                        pages.subList(64 * bundle, 64 * bundle + 64).stream().anyMatch(p -> p.contains(page));
                boolean may = trace.bundleTouches(bundle).mayWriteLinear(page * PAGE, PAGE);
                assertThat(may || !any).isTrue();
                left += may ? 0 : 1;
            }
        }
        assertThat(left).isGreaterThan(20);
    }

    private java.util.function.Predicate<Touch> mayHold(int chunk) {
        return touch -> touched.mayHold(chunk, touch);
    }

    @Test
    void theFlowTellsWhereAnInstructionWasExecutedLast() throws IOException {
        Map<Long, List<Long>> retired = new HashMap<>();
        InstructionCursor instructions = trace.instructions(0);
        while (instructions.next()) {
            retired.computeIfAbsent(instructions.address(), _ -> new ArrayList<>())
                    .add(instructions.position());
        }
        Map<Long, List<Long>> attempted = attempts();
        List<Long> addresses = new ArrayList<>(retired.keySet());
        addresses.sort(null);
        Random random = new Random(4);
        int found = 0;
        for (int i = 0; i < 200; i++) {
            long a = addresses.get(random.nextInt(addresses.size()));
            long b = addresses.get(random.nextInt(addresses.size()));
            long limit = random.nextLong(trace.endPosition() + 2);
            Optional<FlowSearch.Hit> hit = new FlowSearch(trace, Set.of(a, b)).last(limit);
            long expected = Math.max(
                    Math.max(below(retired, a, limit), below(retired, b, limit)),
                    Math.max(below(attempted, a, limit), below(attempted, b, limit)));
            assertThat(hit.map(FlowSearch.Hit::position).orElse(-1L)).isEqualTo(expected);
            found += hit.isPresent() ? 1 : 0;
        }
        assertThat(found).isGreaterThan(50);
    }

    @Test
    void anInstructionThatFaultsIsFoundByItsException() throws IOException {
        int found = 0;
        for (Map.Entry<Long, List<Long>> fault : attempts().entrySet()) {
            long position = fault.getValue().getLast();
            List<FlowSearch.Hit> hits = new ArrayList<>();
            FlowSearch search = new FlowSearch(trace, Set.of(fault.getKey()));
            for (int chunk = 0; chunk < trace.chunkCount(); chunk++) {
                hits.addAll(search.in(chunk, Long.MAX_VALUE));
            }
            assertThat(hits).contains(new FlowSearch.Hit(position, false));
            assertThat(search.last(position + 1)).isPresent();
            found++;
        }
        assertThat(found).isGreaterThan(5);
    }

    /** Positions of exceptions by the address that they saved: the demonstration's segments have base 0. */
    private Map<Long, List<Long>> attempts() throws IOException {
        Map<Long, List<Long>> attempted = new HashMap<>();
        for (int i = 0; i < trace.chunkCount(); i++) {
            EventDecoder events = trace.envelope(i).events();
            for (Event event = events.next(); event != null; event = events.next()) {
                if (event instanceof Event.Trap trap && trap.cause() == Event.Cause.EXCEPTION) {
                    attempted.computeIfAbsent(trap.pc(), _ -> new ArrayList<>()).add(trap.position());
                }
            }
        }
        return attempted;
    }

    private static long below(Map<Long, List<Long>> positions, long address, long limit) {
        return positions.getOrDefault(address, List.of()).stream()
                .mapToLong(p -> p)
                .filter(p -> p < limit)
                .max()
                .orElse(-1);
    }
}
