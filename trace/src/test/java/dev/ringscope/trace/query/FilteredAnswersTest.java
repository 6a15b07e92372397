package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.AccessCursor;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.format.RegisterCursor;
import dev.ringscope.trace.query.AddressRanges.Span;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random filters of every combination, with a fixed seed, against a walk over everything that a trace of detail full
 * holds: lists in memory, and one comparison after the other.
 */
class FilteredAnswersTest {
    private static final int QUESTIONS = 64;
    private static final long ROOT = ~0xfffL;

    @TempDir
    static Path folder;

    private static final Map<Detail, Recording> TRACES = new EnumMap<>(Detail.class);

    /** Of the instruction that retires at each position. */
    private static final Map<Long, Place> PLACES = new HashMap<>();

    private static final List<ExecutedInstruction> INSTRUCTIONS = new ArrayList<>();
    private static final List<Accesses.Access> ACCESSES = new ArrayList<>();
    private static final List<RegisterWrites.RegisterWrite> REGISTERS = new ArrayList<>();
    private static final List<Event> EVENTS = new ArrayList<>();
    private static final Map<Event, Context> IN_FRONT = new java.util.IdentityHashMap<>();
    private static long end;

    private record Place(int ring, long root, long address) {}

    @BeforeAll
    static void record() throws IOException {
        for (Detail detail : Detail.values()) {
            Path file = folder.resolve(detail.text() + ".rst");
            Guests.demonstration(file, Guests.options(detail).withDistances(3_000, 30_000, 60_000), _ -> {});
            TRACES.put(detail, Recording.open(file));
        }
        TraceReader trace = TRACES.get(Detail.FULL).trace();
        end = trace.endPosition();
        assertThat(trace.map().bundles()).hasSizeGreaterThan(1);
        InstructionCursor i = trace.instructions(0);
        while (i.next()) {
            long pc = i.address() - i.block().codeBase();
            PLACES.put(i.position(), new Place(i.ring(), i.translationRoot() & ROOT, i.address()));
            INSTRUCTIONS.add(new ExecutedInstruction(
                    i.position(),
                    i.address(),
                    pc,
                    i.ring(),
                    i.mode(),
                    i.block().kind(),
                    i.translationRoot(),
                    i.code()));
        }
        var names = trace.machine().registers();
        for (int chunk = 0; chunk < trace.chunkCount(); chunk++) {
            var decoded = trace.chunks().decode(chunk);
            for (AccessCursor a = decoded.accesses(); a.next(); ) {
                ACCESSES.add(new Accesses.Access(a.position(), a.address(), a.size(), a.write(), a.value()));
            }
            for (RegisterCursor r = decoded.registers(names.size()); r.next(); ) {
                REGISTERS.add(new RegisterWrites.RegisterWrite(
                        r.position(), names.get(r.register()).name(), r.word(), r.value()));
            }
        }
        events(trace);
    }

    private static void events(TraceReader trace) throws IOException {
        int ring = trace.envelope(0).start().ring();
        long root = trace.envelope(0).start().translationRoot();
        for (int chunk = 0; chunk < trace.chunkCount(); chunk++) {
            EventDecoder decoder = trace.envelope(chunk).events();
            for (Event e = decoder.next(); e != null; e = decoder.next()) {
                EVENTS.add(e);
                IN_FRONT.put(e, new Context(ring, Event.Mode.LONG64, root));
                if (e instanceof Event.RingChange change) {
                    ring = change.to();
                }
                if (e instanceof Event.SystemRegisterWrite w && w.register().equals("cr3")) {
                    root = w.newValue();
                }
            }
        }
    }

    @AfterAll
    static void close() throws IOException {
        for (Recording recording : TRACES.values()) {
            recording.close();
        }
        PLACES.clear();
        INSTRUCTIONS.clear();
        ACCESSES.clear();
        REGISTERS.clear();
        EVENTS.clear();
        IN_FRONT.clear();
    }

    // ---- random filters ---------------------------------------------------------------------------------------------

    /** Each part is there or not, as a bit of {@code parts} says. */
    private static Filter filter(Random random, int parts, List<Long> addresses) {
        Filter filter = Filter.of(range(random, (parts & 1) != 0));
        if ((parts & 2) != 0) {
            filter = filter.withRings(new HashSet<>(List.of(random.nextInt(4), 3 * random.nextInt(2))));
        }
        if ((parts & 4) != 0) {
            long root = any(random, INSTRUCTIONS).position();
            filter = filter.withRoots(Set.of(PLACES.get(root).root() | random.nextInt(4096)));
        }
        if ((parts & 8) != 0) {
            long code = any(random, INSTRUCTIONS).address();
            filter = filter.withCode(ranges(random, code, 1 << random.nextInt(14)));
        }
        if ((parts & 16) != 0) {
            filter = filter.withAddresses(ranges(random, any(random, addresses), 1L << random.nextInt(24)));
        }
        if ((parts & 32) != 0) {
            filter = filter.withVectors(new HashSet<>(List.of(random.nextInt(33), 14, 0x80)));
        }
        return filter;
    }

    private static Range range(Random random, boolean limited) {
        if (!limited) {
            return Range.ALL;
        }
        long from = random.nextLong(end + 2);
        long to = random.nextInt(4) == 0 ? Long.MAX_VALUE : from + random.nextLong(1 << 4 + random.nextInt(15));
        return new Range(from, to, random.nextInt(3) == 0 ? 1 + random.nextInt(50) : 0);
    }

    private static AddressRanges ranges(Random random, long around, long size) {
        long first = Math.max(0, around - random.nextLong(size));
        first = around < 0 ? around : first;
        long far = any(random, ACCESSES).address();
        return AddressRanges.of(List.of(Span.of(first, size), Span.of(far, 1 + random.nextInt(9))));
    }

    private static <T> T any(Random random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    // ---- the slow answers -------------------------------------------------------------------------------------------

    private static boolean fits(Filter filter, long position) {
        if (!filter.range().holds(position)) {
            return false;
        }
        if (filter.rings().isEmpty()
                && filter.roots().isEmpty()
                && filter.code().isEmpty()) {
            return true;
        }
        Place place = PLACES.get(position);
        return place != null
                && (filter.rings().isEmpty() || filter.rings().contains(place.ring()))
                && (filter.roots().isEmpty() || filter.roots().contains(place.root()))
                && within(filter.code(), place.address(), 1);
    }

    private static boolean within(Optional<AddressRanges> ranges, long address, long size) {
        if (ranges.isEmpty()) {
            return true;
        }
        for (Span span : ranges.get().spans()) {
            for (long k = 0; k < size; k++) {
                if (Long.compareUnsigned(address + k, span.first()) >= 0
                        && Long.compareUnsigned(address + k, span.last()) <= 0) {
                    return true;
                }
            }
        }
        return false;
    }

    private static <T> List<T> first(Filter filter, List<T> list) {
        long count = filter.range().count();
        return count == 0 || list.size() <= count ? list : list.subList(0, (int) count);
    }

    private static boolean event(Filter f, Event e) {
        Context context = IN_FRONT.get(e);
        return f.range().holds(e.position())
                && (f.rings().isEmpty() || f.rings().contains(context.ring()))
                && (f.roots().isEmpty() || f.roots().contains(context.translationRoot() & ROOT))
                && (f.vectors().isEmpty() || f.vectors().contains(vector(e)))
                && (f.addresses().isEmpty() || about(f.addresses(), e))
                && (f.code().isEmpty() || within(f.code(), code(e), 1));
    }

    private static int vector(Event e) {
        return e instanceof Event.Trap t ? t.vector() : e instanceof Event.RingChange r ? r.vector() : -1;
    }

    private static boolean about(Optional<AddressRanges> ranges, Event e) {
        if (e instanceof Event.TableUpdate u) {
            return ranges.get().spans().stream()
                    .anyMatch(s -> Long.compareUnsigned(s.first(), u.first() + u.size() - 1) <= 0
                            && Long.compareUnsigned(s.last(), u.first()) >= 0);
        }
        return e instanceof Event.Trap t && t.vector() == 14 && within(ranges, t.address(), 1)
                || e instanceof Event.TranslationFlush flush && within(ranges, flush.address(), 1)
                || e instanceof Event.DeviceAccess d && within(ranges, d.address(), d.size());
    }

    /** The demonstration guest's code segments begin at 0. */
    private static long code(Event e) {
        Place place = PLACES.get(e.position());
        return switch (e) {
            case Event.RingChange r -> r.fromPc();
            case Event.TableUpdate u -> u.pc();
            case Event.SystemRegisterWrite w -> w.pc();
            case Event.Trap t -> t.pc();
            default -> place == null ? -1 : place.address();
        };
    }

    // ---- the comparisons --------------------------------------------------------------------------------------------

    @Test
    void accessesAreThoseThatTheFilterNames() throws IOException {
        Random random = new Random(1);
        List<Long> addresses = ACCESSES.stream().map(Accesses.Access::address).toList();
        int found = 0;
        for (int n = 0; n < QUESTIONS; n++) {
            Filter filter = filter(random, n, addresses);
            Set<Accesses.Kind> kinds = n % 3 == 0 ? Set.of(Accesses.Kind.of(random.nextBoolean())) : Accesses.Kind.ALL;
            List<Accesses.Access> all = ACCESSES.stream()
                    .filter(a -> kinds.contains(Accesses.Kind.of(a.write()))
                            && within(filter.addresses(), a.address(), a.size())
                            && fits(filter, a.position()))
                    .toList();
            List<Accesses.Access> expected = first(filter, all);
            Detail detail = Detail.values()[n % 7 % 3];
            assertThat(batches(detail, kinds, filter)).isEqualTo(all);
            List<Accesses.Access> answers = new ArrayList<>();
            Accesses.list(TRACES.get(detail), kinds, filter, answers::add);
            assertThat(answers).as("%s of %s, detail %s", kinds, filter, detail).isEqualTo(expected);
            found += expected.isEmpty() ? 0 : 1;
        }
        assertThat(found).isGreaterThan(QUESTIONS / 5);
    }

    private static List<Accesses.Access> batches(Detail detail, Set<Accesses.Kind> kinds, Filter filter)
            throws IOException {
        List<Accesses.Access> rows = new ArrayList<>();
        Accesses.batches(TRACES.get(detail), kinds, filter, batch -> {
            assertThat(batch.count()).isPositive();
            for (int i = 0; i < batch.count(); i++) {
                rows.add(new Accesses.Access(
                        batch.position(i), batch.address(i), batch.size(i), batch.write(i), batch.value(i)));
            }
            return true;
        });
        return rows;
    }

    @Test
    void registerWritesAreThoseThatTheFilterNames() throws IOException {
        Random random = new Random(2);
        int found = 0;
        for (int n = 0; n < QUESTIONS / 4; n++) {
            Filter filter = filter(random, n & 15, List.of(0L));
            Set<String> names = n % 2 == 0
                    ? Set.of()
                    : new HashSet<>(List.of("rax", "cr3", any(random, REGISTERS).register()));
            List<RegisterWrites.RegisterWrite> expected = first(
                    filter,
                    REGISTERS.stream()
                            .filter(r ->
                                    (names.isEmpty() || names.contains(r.register())) && fits(filter, r.position()))
                            .toList());
            List<RegisterWrites.RegisterWrite> answers = new ArrayList<>();
            Detail detail = Detail.values()[n % 7 % 3];
            RegisterWrites.list(TRACES.get(detail), names, filter, answers::add);
            assertThat(answers).as("%s of %s, detail %s", names, filter, detail).isEqualTo(expected);
            found += expected.isEmpty() ? 0 : 1;
        }
        assertThat(found).isGreaterThan(QUESTIONS / 16);
    }

    @Test
    void instructionsAreThoseThatTheFilterNames() throws IOException {
        Random random = new Random(3);
        int found = 0;
        for (int n = 0; n < QUESTIONS; n++) {
            Filter filter = filter(random, n & 15, List.of(0L));
            List<Long> expected = first(
                    filter,
                    INSTRUCTIONS.stream()
                            .map(ExecutedInstruction::position)
                            .filter(p -> fits(filter, p))
                            .toList());
            List<Long> answers = new ArrayList<>();
            Instructions.list(TRACES.get(Detail.FLOW), filter, i -> {
                if (random.nextInt(100) == 0) {
                    assertThat(text(i)).isEqualTo(text(INSTRUCTIONS.get((int) i.position())));
                }
                return answers.add(i.position());
            });
            assertThat(answers).as("of %s", filter).isEqualTo(expected);
            found += expected.isEmpty() ? 0 : 1;
        }
        assertThat(found).isGreaterThan(QUESTIONS / 5);
    }

    @Test
    void eventsAreThoseThatTheFilterNames() throws IOException {
        Random random = new Random(4);
        List<Long> addresses = EVENTS.stream()
                .map(e -> e instanceof Event.TableUpdate u ? u.first() : e instanceof Event.Trap t ? t.address() : 0L)
                .toList();
        int found = 0;
        for (int n = 0; n < 8 * QUESTIONS; n++) {
            Filter filter = filter(random, n, addresses);
            Set<Events.Kind> kinds = EnumSet.noneOf(Events.Kind.class);
            for (Events.Kind kind : Events.Kind.values()) {
                if (n % 2 == 0 && random.nextInt(3) == 0) {
                    kinds.add(kind);
                }
            }
            List<Event> expected = first(
                    filter,
                    EVENTS.stream()
                            .filter(e -> (kinds.isEmpty() || kinds.stream().anyMatch(k -> k.count(one(e)) == 1))
                                    && event(filter, e))
                            .toList());
            List<Event> answers = new ArrayList<>();
            Events.list(TRACES.get(Detail.FULL), kinds, filter, answers::add);
            assertThat(answers.stream().map(FilteredAnswersTest::text).toList())
                    .as("%s of %s", kinds, filter)
                    .isEqualTo(expected.stream().map(FilteredAnswersTest::text).toList());
            found += expected.isEmpty() ? 0 : 1;
        }
        assertThat(found).isGreaterThan(QUESTIONS / 2);
    }

    private static String text(ExecutedInstruction i) {
        return i.position() + " " + i.address() + " " + i.pc() + " " + i.ring() + " " + i.mode() + " " + i.kind() + " "
                + Arrays.toString(i.code());
    }

    private static String text(Event event) {
        return event instanceof Event.Input i
                ? i.position() + " " + i.source() + " " + Arrays.toString(i.data())
                : event.toString();
    }

    private static dev.ringscope.proto.trace.v1.EventCounts one(Event event) {
        var counts = dev.ringscope.proto.trace.v1.EventCounts.newBuilder();
        return (switch (event) {
                    case Event.RingChange _ -> counts.setRingChanges(1);
                    case Event.Trap _ -> counts.setTraps(1);
                    case Event.TableUpdate _ -> counts.setTableUpdates(1);
                    case Event.TranslationFlush _ -> counts.setTranslationFlushes(1);
                    case Event.SystemRegisterWrite _ -> counts.setSystemRegisterWrites(1);
                    case Event.PortAccess _ -> counts.setPortAccesses(1);
                    case Event.DeviceAccess _ -> counts.setDeviceAccesses(1);
                    case Event.Input _ -> counts.setInputs(1);
                    case Event.Halt _ -> counts.setHalts(1);
                    case Event.End _ -> counts.setEnds(1);
                })
                .build();
    }
}
