package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Residence, processes, devices and faults, against counting instruction by instruction and event by event. */
class OverviewQuestionsTest {
    private static final int QUESTIONS = 12;

    @TempDir
    static Path folder;

    private static Recording recording;
    private static long end;

    @BeforeAll
    static void record() throws IOException {
        recording = Recording.open(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW));
        end = recording.trace().endPosition();
    }

    @AfterAll
    static void close() throws IOException {
        recording.close();
    }

    private static Filter random(Random random) {
        long from = random.nextInt(3) == 0 ? 0 : random.nextLong(end);
        long to = random.nextInt(3) == 0 ? Long.MAX_VALUE : from + random.nextLong(end - from + 1);
        Filter filter = Filter.of(new Range(from, to, 0));
        return random.nextInt(3) == 0 ? filter.withRings(Set.of(random.nextInt(4))) : filter;
    }

    /** Calls for every instruction that a filter wants. */
    private static void each(Filter filter, java.util.function.Consumer<InstructionCursor> seen) throws IOException {
        InstructionCursor cursor = recording.trace().instructions(filter.range().from());
        long to = Math.min(end, filter.range().to());
        while (cursor.position() + 1 < to && cursor.next()) {
            if (filter.ring(cursor.ring()) && filter.root(cursor.translationRoot())) {
                seen.accept(cursor);
            }
        }
    }

    @Test
    void bucketsHoldTheInstructionsOfEachRing() throws IOException {
        Random random = new Random(3);
        for (int n = 0; n < QUESTIONS; n++) {
            Filter filter = random(random);
            List<Residence.Bucket> buckets = new ArrayList<>();
            Residence.rings(recording, filter, 1 + random.nextInt(9), buckets::add);
            long[][] counted = new long[buckets.size()][4];
            each(filter, i -> {
                for (int b = 0; b < buckets.size(); b++) {
                    boolean inside = i.position() >= buckets.get(b).from()
                            && i.position() < buckets.get(b).to();
                    counted[b][i.ring()] += inside ? 1 : 0;
                }
            });
            for (int b = 0; b < buckets.size(); b++) {
                assertThat(buckets.get(b).rings())
                        .as("%s bucket %d", filter, b)
                        .isEqualTo(Arrays.stream(counted[b]).boxed().toList());
            }
            if (!buckets.isEmpty()) {
                assertThat(buckets.getFirst().from()).isEqualTo(filter.range().from());
                assertThat(buckets.getLast().to())
                        .isEqualTo(Math.min(end, filter.range().to()));
            }
        }
    }

    @Test
    void processesHaveTheInstructionsOfTheirRoots() throws IOException {
        Random random = new Random(4);
        for (int n = 0; n < QUESTIONS; n++) {
            Filter filter = random(random);
            List<Processes.Process> processes = new ArrayList<>();
            Processes.Naming naming = Processes.list(recording, new Symbols(), filter, processes::add);
            Map<Long, long[]> counted = new LinkedHashMap<>();
            Map<Long, long[]> ends = new LinkedHashMap<>();
            each(filter, i -> {
                long root = i.translationRoot() & ~0xfffL;
                counted.computeIfAbsent(root, _ -> new long[4])[i.ring()]++;
                ends.computeIfAbsent(root, _ -> new long[] {i.position(), 0})[1] = i.position();
            });
            assertThat(naming.known()).isFalse();
            assertThat(processes.stream().map(Processes.Process::root).toList())
                    .isEqualTo(List.copyOf(counted.keySet()));
            for (Processes.Process process : processes) {
                assertThat(process.rings())
                        .isEqualTo(Arrays.stream(counted.get(process.root()))
                                .boxed()
                                .toList());
                assertThat(new long[] {process.first(), process.last()}).isEqualTo(ends.get(process.root()));
                assertThat(process.names()).isEmpty();
            }
        }
    }

    @Test
    void devicesHaveTheTrafficOfTheEvents() throws IOException {
        Random random = new Random(5);
        for (int n = 0; n < QUESTIONS; n++) {
            Filter filter = random(random);
            Map<String, long[]> counted = new LinkedHashMap<>();
            Events.list(recording, EnumSet.allOf(Events.Kind.class), filter, event -> {
                if (event instanceof Event.PortAccess e) {
                    long[] count =
                            counted.computeIfAbsent("%05x".formatted(e.port()), _ -> new long[] {0, 0, 0, -1, 0});
                    count[e.write() ? 1 : 0]++;
                    count[2] += e.size();
                    count[3] = count[3] < 0 ? e.position() : count[3];
                    count[4] = e.position();
                }
                return true;
            });
            List<Devices.Traffic> ports = new ArrayList<>();
            Devices.list(recording, filter, t -> t.way() != Devices.Way.PORT || ports.add(t));
            assertThat(ports.stream().map(t -> "%05x".formatted(t.number())).toList())
                    .isEqualTo(counted.keySet().stream().sorted().toList());
            for (Devices.Traffic t : ports) {
                assertThat(new long[] {t.reads(), t.writes(), t.bytes(), t.first(), t.last()})
                        .isEqualTo(counted.get("%05x".formatted(t.number())));
            }
        }
    }

    @Test
    void everyFaultIsExplainedFromTheMomentInFrontOfIt() throws IOException {
        List<Event.Trap> traps = new ArrayList<>();
        Traps.list(recording, Filter.ALL, t -> t.cause() != Event.Cause.EXCEPTION || traps.add(t));
        List<Faults.Fault> faults = new ArrayList<>();
        Faults.list(recording, Filter.ALL, f -> f.trap().cause() != Event.Cause.EXCEPTION || faults.add(f));
        assertThat(faults.stream().map(Faults.Fault::trap).toList()).isEqualTo(traps);
        Timeline timeline = new Timeline(recording.trace(), Detail.FLOW);
        int walked = 0;
        for (Faults.Fault fault : faults) {
            assertThat(fault.explanation()).isNotEmpty();
            if (fault.failing().isEmpty()) {
                continue;
            }
            walked++;
            timeline.seek(fault.trap().position() - 1);
            Walk walk = timeline.machine().cpu().paging.walk(fault.trap().address());
            assertThat(fault.walk())
                    .isEqualTo(walk.steps().stream()
                            .map(s -> new Faults.Entry(s.level(), s.entry(), s.value()))
                            .toList());
            assertThat(fault.writers()).hasSize(1);
            assertThat(fault.writers().getFirst().position())
                    .isEqualTo(lastWrite(
                                    fault.failing().get().address(),
                                    fault.trap().position())
                            .orElse(-1L));
        }
        assertThat(walked).isGreaterThan(3);
    }

    /** By listing all writes to an entry. */
    private static Optional<Long> lastWrite(long entry, long before) throws IOException {
        List<Long> writes = new ArrayList<>();
        AddressRanges bytes = AddressRanges.of(List.of(AddressRanges.Span.of(entry, 8)));
        Filter filter = Filter.of(new Range(0, before, 0)).withAddresses(bytes);
        MemoryAccesses.list(recording, Set.of(Touch.Kind.WRITE), Touch.Space.PHYSICAL, filter, a -> {
            return a.by() == MemoryAccess.By.PAGE_WALK || writes.add(a.position());
        });
        return writes.isEmpty() ? Optional.empty() : Optional.of(writes.getLast());
    }
}
