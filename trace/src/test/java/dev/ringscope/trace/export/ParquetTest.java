package dev.ringscope.trace.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.query.Accesses;
import dev.ringscope.trace.query.Accesses.Access;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.ExecutedInstruction;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What DuckDB counts, adds up and joins in the tables is what the questions answer. */
class ParquetTest {
    @TempDir
    static Path folder;

    private static DemoExport demo;
    private static final List<ExecutedInstruction> INSTRUCTIONS = new ArrayList<>();
    private static final List<Access> ACCESSES = new ArrayList<>();
    private static final List<Event> EVENTS = new ArrayList<>();

    @BeforeAll
    static void record() throws IOException {
        demo = DemoExport.in(folder);
        new Parquet().write(demo.of(Range.ALL), folder);
        Instructions.list(demo.recording(), Filter.ALL, INSTRUCTIONS::add);
        Accesses.list(demo.recording(), Accesses.Kind.ALL, Filter.ALL, ACCESSES::add);
        Events.list(demo.recording(), Set.of(), Filter.ALL, EVENTS::add);
    }

    @AfterAll
    static void close() throws IOException {
        demo.close();
    }

    private static List<String> ask(String question) throws Exception {
        return Databases.ask(folder, question);
    }

    @Test
    void everyInstructionIsThere() throws Exception {
        long addresses =
                INSTRUCTIONS.stream().mapToLong(ExecutedInstruction::address).sum();
        long bytes = INSTRUCTIONS.stream().mapToLong(i -> i.code().length).sum();
        long roots = INSTRUCTIONS.stream().mapToLong(i -> i.root() & ~0xfffL).sum();
        assertThat(ask("select count(*), min(position), max(position), sum(address)::ubigint, sum(octet_length(code)),"
                        + " sum(cr3)::ubigint from 'instructions.parquet'"))
                .containsExactly("%d|0|%d|%d|%d|%d"
                        .formatted(INSTRUCTIONS.size(), INSTRUCTIONS.size() - 1, addresses, bytes, roots));
        Map<Integer, Long> rings = INSTRUCTIONS.stream()
                .collect(Collectors.groupingBy(ExecutedInstruction::ring, TreeMap::new, Collectors.counting()));
        assertThat(ask("select ring, count(*) from 'instructions.parquet' group by 1 order by 1"))
                .isEqualTo(rings.entrySet().stream()
                        .map(e -> e.getKey() + "|" + e.getValue())
                        .toList());
    }

    @Test
    void everyAccessIsThere() throws Exception {
        long values = ACCESSES.stream().mapToLong(a -> a.value() & 0xffff_ffffL).sum();
        long writes = ACCESSES.stream().filter(Access::write).count();
        long sizes = ACCESSES.stream().mapToLong(Access::size).sum();
        assertThat(ask("select count(*), count(*) filter (write), sum(size), sum(value & 4294967295)"
                        + " from 'accesses.parquet'"))
                .containsExactly("%d|%d|%d|%d".formatted(ACCESSES.size(), writes, sizes, values));
    }

    @Test
    void tablesJoinByPosition() throws Exception {
        // who wrote through which functions: instructions that wrote to memory, by symbol
        Map<String, Long> expected = new TreeMap<>();
        for (Access access : ACCESSES) {
            if (access.write()) {
                long address = INSTRUCTIONS.get((int) access.position()).address();
                String symbol = demo.symbols().find(address).orElseThrow().replaceAll("\\+.*", "");
                expected.merge(symbol, 1L, Long::sum);
            }
        }
        assertThat(expected).hasSizeGreaterThan(5);
        assertThat(ask("select split_part(symbol, '+', 1) s, count(*) from 'accesses.parquet' a"
                        + " join 'instructions.parquet' i using (position) where a.write group by s order by s"))
                .isEqualTo(expected.entrySet().stream()
                        .map(e -> e.getKey() + "|" + e.getValue())
                        .toList());
    }

    @Test
    void everyEventIsThereWithWhatItHas() throws Exception {
        List<String> traps = EVENTS.stream()
                .filter(Event.Trap.class::isInstance)
                .map(Event.Trap.class::cast)
                .map(t -> "%d|%d|%s|%s"
                        .formatted(
                                t.position(),
                                t.vector(),
                                t.errorCode() < 0 ? "null" : t.errorCode(),
                                Long.toUnsignedString(t.pc())))
                .toList();
        assertThat(traps).hasSizeGreaterThan(20);
        assertThat(ask("select position, vector, error_code, pc from 'events.parquet' where kind = 'trap'"))
                .isEqualTo(traps);
        List<String> updates = EVENTS.stream()
                .filter(Event.TableUpdate.class::isInstance)
                .map(Event.TableUpdate.class::cast)
                .map(u -> "%d|%d|%d|%s|%s"
                        .formatted(
                                u.position(),
                                u.level(),
                                u.entry(),
                                Long.toUnsignedString(u.oldValue()),
                                Long.toUnsignedString(u.newValue())))
                .toList();
        assertThat(ask("select position, level, entry, old_value, new_value from 'events.parquet'"
                        + " where kind = 'table update'"))
                .isEqualTo(updates);
        Map<String, Long> kinds =
                EVENTS.stream().collect(Collectors.groupingBy(EventTable::kind, TreeMap::new, Collectors.counting()));
        assertThat(ask("select kind, count(*) from 'events.parquet' group by 1 order by 1"))
                .isEqualTo(kinds.entrySet().stream()
                        .map(e -> e.getKey() + "|" + e.getValue())
                        .toList());
        String end = demo.recording().trace().index().getEndTime() + "";
        assertThat(ask("select max(time) from 'events.parquet'")).containsExactly(end);
    }

    @Test
    void aPartHoldsItsPositionsOnly() throws Exception {
        Path part = Files.createDirectory(folder.resolve("part"));
        new Parquet().write(demo.of(new Range(43_000, 43_100, 0)), part);
        assertThat(Databases.ask(
                        part,
                        "select count(*), min(position), max(position) from 'instructions.parquet'",
                        "select count(*) from 'accesses.parquet' where position not between 43000 and 43099"))
                .containsExactly("100|43000|43099", "0");
        String[] columns = {"position", "write", "address", "size", "value"};
        assertThat(Databases.rows(part, "accesses.parquet", columns))
                .isEqualTo(Databases.ask(part, "select * from 'accesses.parquet'"))
                .isNotEmpty();
    }
}
