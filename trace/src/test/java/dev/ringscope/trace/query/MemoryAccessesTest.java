package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.AccessCursor;
import dev.ringscope.trace.query.AddressRanges.Span;
import dev.ringscope.trace.query.MemoryAccess.By;
import dev.ringscope.trace.query.Touch.Kind;
import dev.ringscope.trace.query.Touch.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Accesses by address and last writes against a machine that is stepped from moment to moment: after each step the
 * accesses that the trace of detail memory lists are translated by a walk, and all of memory is compared.
 */
class MemoryAccessesTest {
    private static final long LENGTH = 6_000;

    @TempDir
    static Path folder;

    private static Recording flow;
    private static Recording stored;
    /** By physical address, of the processor; those that cross a page are left out of the questions. */
    private static final List<MemoryAccess> PHYSICAL = new ArrayList<>();

    private static final List<MemoryAccess> LINEAR = new ArrayList<>();

    /** A byte of memory that changed. */
    private record Change(long position, int address, byte before, byte after) {}

    private static final List<Change> CHANGES = new ArrayList<>();
    /** Behind it memory stays zero. */
    private static int used;

    @BeforeAll
    static void record() throws IOException {
        flow = open(Detail.FLOW);
        stored = open(Detail.MEMORY);
        TraceReader trace = stored.trace();
        Timeline timeline = new Timeline(trace, Detail.FLOW);
        Machine machine = timeline.machine();
        timeline.seek(LENGTH);
        used = used(machine.memory().whole());
        timeline.seek(0);
        used = Math.max(used, used(machine.memory().whole()));
        byte[] before = Arrays.copyOf(machine.memory().whole(), used);
        InstructionCursor code = trace.instructions(0);
        AccessCursor data = trace.chunks().decode(0).accesses();
        boolean more = data.next();
        while (machine.position() < LENGTH) {
            long position = machine.position();
            if (code.advance(position)) {
                executed(machine, code);
            }
            machine.step();
            for (; more && data.position() <= position; more = data.next()) {
                if (data.position() == position) {
                    accessed(machine, data);
                }
            }
            changes(machine, position, before);
        }
    }

    /** One chunk holds all that is compared, checkpoints lie behind it; the other trace has short ones. */
    private static Recording open(Detail detail) throws IOException {
        Path file = folder.resolve(detail.text() + ".rst");
        boolean one = detail == Detail.MEMORY;
        var options = Guests.options(detail).withDistances(one ? LENGTH : 700, one ? LENGTH : 4_000, LENGTH);
        Guests.demonstration(file, options, _ -> {});
        return Recording.open(file);
    }

    private static void executed(Machine machine, InstructionCursor code) {
        int size = code.code().length;
        LINEAR.removeIf(a -> a.kind() == Kind.EXECUTE && a.position() == code.position());
        PHYSICAL.removeIf(a -> a.kind() == Kind.EXECUTE && a.position() == code.position());
        LINEAR.add(new MemoryAccess(code.position(), Kind.EXECUTE, code.address(), size, 0, By.PROCESSOR));
        Walk walk = machine.cpu().paging.walk(code.address());
        if (walk.mapped()) { // else the machine stands in front of an exception that comes first
            PHYSICAL.add(new MemoryAccess(code.position(), Kind.EXECUTE, walk.physical(), size, 0, By.PROCESSOR));
        }
    }

    private static void accessed(Machine machine, AccessCursor a) {
        Kind kind = a.write() ? Kind.WRITE : Kind.READ;
        LINEAR.add(new MemoryAccess(a.position(), kind, a.address(), a.size(), a.value(), By.PROCESSOR));
        Walk walk = machine.cpu().paging.walk(a.address());
        boolean crosses = (a.address() & 4095) + a.size() > 4096;
        if (walk.mapped() && !crosses) {
            PHYSICAL.add(new MemoryAccess(a.position(), kind, walk.physical(), a.size(), a.value(), By.PROCESSOR));
        }
    }

    private static int used(byte[] memory) {
        int end = memory.length;
        while (end > 0 && memory[end - 1] == 0) {
            end--;
        }
        return Math.min(memory.length, end + 4096);
    }

    private static void changes(Machine machine, long position, byte[] before) {
        byte[] now = machine.memory().whole();
        for (int at = Arrays.mismatch(before, 0, used, now, 0, used); at >= 0; ) {
            CHANGES.add(new Change(position, at, before[at], now[at]));
            before[at] = now[at];
            int next = Arrays.mismatch(before, at, used, now, at, used);
            at = next < 0 ? -1 : at + next;
        }
    }

    @AfterAll
    static void close() throws IOException {
        flow.close();
        stored.close();
        PHYSICAL.clear();
        LINEAR.clear();
        CHANGES.clear();
    }

    private static List<MemoryAccess> expected(List<MemoryAccess> all, Set<Kind> kinds, Filter filter) {
        Span span = filter.addresses().orElseThrow().spans().getFirst();
        return all.stream()
                .filter(a -> kinds.contains(a.kind())
                        && filter.range().holds(a.position())
                        && a.address() <= span.last()
                        && a.address() + a.size() > span.first())
                .toList();
    }

    private static List<MemoryAccess> answers(Recording recording, Set<Kind> kinds, Space space, Filter filter)
            throws IOException {
        List<MemoryAccess> answers = new ArrayList<>();
        MemoryAccesses.list(recording, kinds, space, filter, answers::add);
        return answers;
    }

    private static Filter random(Random random, List<MemoryAccess> all) {
        long around = all.get(random.nextInt(all.size())).address();
        long size = 1L << random.nextInt(12);
        long from = random.nextBoolean() ? 0 : random.nextLong(LENGTH);
        long to = random.nextBoolean() ? LENGTH : from + random.nextLong(LENGTH - from);
        return Filter.of(new Range(from, to, 0))
                .withAddresses(AddressRanges.of(List.of(Span.of(around - random.nextLong(size), size))));
    }

    private static Set<Kind> kinds(Random random) {
        Set<Kind> kinds = EnumSet.of(Kind.values()[random.nextInt(3)]);
        kinds.add(Kind.values()[random.nextInt(3)]);
        return kinds;
    }

    @Test
    void byLinearAddressEveryAccessIsThereAndNoOther() throws IOException {
        Random random = new Random(1);
        for (int n = 0; n < 60; n++) {
            Filter filter = random(random, LINEAR);
            Set<Kind> kinds = kinds(random);
            List<MemoryAccess> expected = expected(LINEAR, kinds, filter);
            assertThat(answers(flow, kinds, Space.LINEAR, filter))
                    .as("%s %s", kinds, filter)
                    .isEqualTo(expected);
            assertThat(answers(stored, kinds, Space.LINEAR, filter))
                    .as("%s %s", kinds, filter)
                    .isEqualTo(expected);
        }
    }

    @Test
    void byPhysicalAddressTheTranslationOfThatMomentCounts() throws IOException {
        Random random = new Random(2);
        int found = 0;
        for (int n = 0; n < 60; n++) {
            Filter filter = random(random, PHYSICAL);
            Set<Kind> kinds = kinds(random);
            List<MemoryAccess> expected = expected(PHYSICAL, kinds, filter);
            List<MemoryAccess> answers = new ArrayList<>(answers(flow, kinds, Space.PHYSICAL, filter));
            assertThat(answers(stored, kinds, Space.PHYSICAL, filter)).isEqualTo(answers);
            answers.removeIf(a -> a.by() != By.PROCESSOR);
            assertThat(answers).as("%s %s", kinds, filter).isEqualTo(expected);
            found += expected.size();
        }
        assertThat(found).isGreaterThan(100);
    }

    @Test
    void theLastOnesAreTheTailOfAll() throws IOException {
        Random random = new Random(3);
        for (int n = 0; n < 40; n++) {
            Filter filter = random(random, LINEAR);
            Set<Kind> kinds = kinds(random);
            int count = 1 + random.nextInt(20);
            List<MemoryAccess> all = expected(LINEAR, kinds, filter);
            Range range = new Range(filter.range().from(), filter.range().to(), count);
            List<MemoryAccess> last = Latest.of(
                    flow,
                    range,
                    Asker.PATIENT,
                    (window, answers) ->
                            MemoryAccesses.list(flow, kinds, Space.LINEAR, filter.withRange(window), answers));
            assertThat(last).isEqualTo(all.subList(Math.max(0, all.size() - count), all.size()));
        }
    }

    @Test
    void theLastWriteIsTheOneBehindWhichTheBytesStayed() throws IOException {
        Random random = new Random(4);
        int found = 0;
        for (int n = 0; n < 150; n++) {
            int address = CHANGES.get(random.nextInt(CHANGES.size())).address() & ~7;
            long position = random.nextLong(LENGTH);
            Optional<LastWrite.Write> write = LastWrite.at(flow, position, address, 8, Space.PHYSICAL, Asker.PATIENT);
            Optional<MemoryAccess> expected = PHYSICAL.stream()
                    .filter(a -> a.kind() == Kind.WRITE
                            && a.position() < position
                            && a.address() < address + 8
                            && a.address() + a.size() > address)
                    .reduce((_, b) -> b);
            List<Change> changes = CHANGES.stream()
                    .filter(c -> c.address() >= address && c.address() < address + 8 && c.position() < position)
                    .toList();
            if (write.isEmpty()) {
                assertThat(expected).isEmpty();
                assertThat(changes).isEmpty();
                continue;
            }
            LastWrite.Write w = write.get();
            found++;
            changes.forEach(c -> assertThat(c.position()).isLessThanOrEqualTo(w.position()));
            if (w.by() == By.PROCESSOR && (w.linear() & 4095) + w.size() <= 4096 && w.physical() % w.size() == 0) {
                assertThat(expected.map(MemoryAccess::position)).contains(w.position());
            }
            flow.replays().at(Detail.FLOW, Math.max(w.position() + 1, 0), Asker.PATIENT, t -> {
                assertThat(t.machine().memory().read(address, 8)).isEqualTo(w.after());
                return null;
            });
            if (w.before() != w.after()) {
                assertThat(changes).anyMatch(c -> c.position() == w.position());
            }
        }
        assertThat(found).isGreaterThan(20);
    }
}
