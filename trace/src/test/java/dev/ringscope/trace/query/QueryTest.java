package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.Timeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every question has the same answer whatever the trace's detail; expanding one gives what recording would have given.
 */
class QueryTest {
    @TempDir
    static Path folder;

    private static final Map<Detail, Recording> TRACES = new EnumMap<>(Detail.class);

    @BeforeAll
    static void record() throws IOException {
        for (Detail detail : Detail.values()) {
            Path file = Guests.demonstration(folder.resolve(detail.text() + ".rst"), detail);
            TRACES.put(detail, Recording.open(file));
        }
    }

    @AfterAll
    static void close() throws IOException {
        for (Recording trace : TRACES.values()) {
            trace.close();
        }
    }

    private interface Question<T> {
        void ask(Recording recording, Filter filter, Answers<T> answers) throws IOException;
    }

    private static void accesses(Recording recording, Filter filter, Answers<Accesses.Access> answers)
            throws IOException {
        Accesses.list(recording, Accesses.Kind.ALL, filter, answers);
    }

    private static void registerWrites(
            Recording recording, Filter filter, Answers<RegisterWrites.RegisterWrite> answers) throws IOException {
        RegisterWrites.list(recording, Set.of(), filter, answers);
    }

    private static <T> List<T> answers(Question<T> question, Detail detail, Range range) throws IOException {
        List<T> list = new ArrayList<>();
        question.ask(TRACES.get(detail), Filter.of(range), list::add);
        return list;
    }

    @Test
    void accessesAreTheSameStoredAndDerived() throws IOException {
        for (Range range : List.of(
                new Range(0, 5000),
                new Range(50_000, 3000),
                new Range(50_001, 10),
                new Range(203_456, 3000),
                new Range(390_000, 0))) {
            List<Accesses.Access> stored = answers(QueryTest::accesses, Detail.MEMORY, range);
            assertThat(answers(QueryTest::accesses, Detail.FLOW, range)).isEqualTo(stored);
            assertThat(answers(QueryTest::accesses, Detail.FULL, range)).isEqualTo(stored);
            assertThat(stored).isNotEmpty().allMatch(access -> access.position() >= range.from());
        }
    }

    @Test
    void registerWritesAreTheSameStoredAndDerived() throws IOException {
        for (Range range :
                List.of(new Range(0, 5000), new Range(50_000, 2000), new Range(203_456, 3000), new Range(390_000, 0))) {
            List<RegisterWrites.RegisterWrite> stored = answers(QueryTest::registerWrites, Detail.FULL, range);
            assertThat(answers(QueryTest::registerWrites, Detail.FLOW, range)).isEqualTo(stored);
            assertThat(answers(QueryTest::registerWrites, Detail.MEMORY, range)).isEqualTo(stored);
            assertThat(stored).isNotEmpty();
        }
    }

    @Test
    void instructionsAndEventsDoNotDependOnTheDetail() throws IOException {
        for (Detail detail : Detail.values()) {
            assertThat(answers(Rings::list, detail, Range.ALL)).isEqualTo(answers(Rings::list, Detail.FLOW, Range.ALL));
            assertThat(answers(Traps::list, detail, Range.ALL)).isEqualTo(answers(Traps::list, Detail.FLOW, Range.ALL));
            assertThat(answers(PageTables::list, detail, Range.ALL))
                    .isEqualTo(answers(PageTables::list, Detail.FLOW, Range.ALL));
            assertThat(answers(ControlRegisters::list, detail, Range.ALL))
                    .isEqualTo(answers(ControlRegisters::list, Detail.FLOW, Range.ALL));
            Range range = new Range(100_000, 1000);
            assertThat(answers(Instructions::list, detail, range))
                    .usingRecursiveComparison()
                    .isEqualTo(answers(Instructions::list, Detail.FLOW, range));
        }
    }

    @Test
    void theDemonstrationGuestsRingsAndTrapsAreThere() throws IOException {
        List<Event.RingChange> rings = answers(Rings::list, Detail.FLOW, Range.ALL);
        assertThat(rings).filteredOn(r -> r.to() == 1).isNotEmpty();
        assertThat(rings).filteredOn(r -> r.to() == 2).isNotEmpty();
        assertThat(rings).filteredOn(r -> r.cause() == Event.Cause.SYSCALL).allMatch(r -> r.from() == 3 && r.to() == 0);
        List<Event.Trap> traps = answers(Traps::list, Detail.FLOW, Range.ALL);
        assertThat(traps)
                .filteredOn(t -> t.vector() == 14)
                .extracting(Event.Trap::address)
                .contains(0x404000L);
        assertThat(answers(PageTables::list, Detail.FLOW, Range.ALL)).isNotEmpty();
        assertThat(answers(ControlRegisters::list, Detail.FLOW, Range.ALL))
                .extracting(Event.SystemRegisterWrite::register)
                .contains("cr0", "cr3", "efer");
    }

    @Test
    void aRangeLimitsTheAnswers() throws IOException {
        List<Event.Trap> all = answers(Traps::list, Detail.FLOW, Range.ALL);
        assertThat(answers(Traps::list, Detail.FLOW, new Range(0, 3))).isEqualTo(all.subList(0, 3));
        long third = all.get(2).position();
        assertThat(answers(Traps::list, Detail.FLOW, new Range(third, 0))).isEqualTo(all.subList(2, all.size()));
        List<Event> some = new ArrayList<>();
        Events.list(
                TRACES.get(Detail.FLOW), EnumSet.of(Events.Kind.TRAP, Events.Kind.RING_CHANGE), Filter.ALL, some::add);
        assertThat(some)
                .hasSize(all.size()
                        + answers(Rings::list, Detail.FLOW, Range.ALL).size());
    }

    @Test
    void stateAndMemoryAreThoseOfThePosition() throws IOException {
        Timeline timeline = new Timeline(TRACES.get(Detail.FLOW).trace(), Detail.FLOW);
        Event.Trap fault = answers(Traps::list, Detail.FLOW, Range.ALL).stream()
                .filter(t -> t.vector() == 14)
                .findFirst()
                .orElseThrow();
        State.Registers state = State.at(timeline, fault.position());
        assertThat(state.registers().get("rip")[0]).isEqualTo(fault.pc());
        assertThat(state.context().ring()).isEqualTo(3);
        byte[] code = MemoryContents.page(timeline, fault.position(), MemoryContents.Space.VIRTUAL, fault.pc(), 16);
        byte[] physical = MemoryContents.page(
                timeline,
                fault.position(),
                MemoryContents.Space.PHYSICAL,
                timeline.machine().cpu().paging.walk(fault.pc()).physical(),
                16);
        assertThat(code).isEqualTo(physical);
    }

    @Test
    void expandingGivesWhatRecordingWouldHaveGiven() throws IOException {
        for (Detail detail : List.of(Detail.MEMORY, Detail.FULL)) {
            Path expanded = folder.resolve("expanded-" + detail.text() + ".rst");
            new Expander(TRACES.get(Detail.FLOW).trace(), detail).expand(expanded, true, _ -> {});
            assertThat(Files.readAllBytes(expanded))
                    .isEqualTo(Files.readAllBytes(folder.resolve(detail.text() + ".rst")));
        }
    }

    @Test
    void theGuestsOutputCanBeReadFromItsPortAccesses() throws IOException {
        StringBuilder text = new StringBuilder();
        Events.list(TRACES.get(Detail.FLOW), EnumSet.of(Events.Kind.PORT_ACCESS), Filter.ALL, event -> {
            if (event instanceof Event.PortAccess access && access.write() && access.port() == 0x3f8) {
                text.append(new String(new byte[] {(byte) access.value()}, StandardCharsets.US_ASCII));
            }
            return true;
        });
        assertThat(text).contains("ring 3: SYSCALL goes through the LSTAR register");
        assertThat(new Verifier(TRACES.get(Detail.FULL).trace()).verify(_ -> {}))
                .isPositive();
    }
}
