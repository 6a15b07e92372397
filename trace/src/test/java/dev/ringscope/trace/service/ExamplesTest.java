package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.OutsideReader;
import dev.ringscope.trace.query.Accesses;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Divergence;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Traps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clients in examples say what the trace holds. */
class ExamplesTest {
    @TempDir
    static Path folder;

    @TempDir
    Path both;

    private static Recording recording;
    private static ServedTrace served;
    private static String address;

    @BeforeAll
    static void record() throws IOException {
        Path file = Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW);
        recording = Recording.open(file);
        served = new ServedTrace(folder);
        address = "127.0.0.1:" + served.server.address().getPort();
    }

    @AfterAll
    static void close() throws IOException {
        served.close();
        recording.close();
    }

    @Test
    void faultsListsTheExceptions() throws Exception {
        List<String> expected = new ArrayList<>();
        Traps.list(recording, Filter.ALL, trap -> {
            if (trap.cause() == Event.Cause.EXCEPTION) {
                expected.add("%14d".formatted(trap.position()));
            }
            return true;
        });

        List<String> lines =
                OutsideReader.example("python/faults.py", address).lines().toList();

        assertThat(lines.stream().map(line -> line.substring(0, 14)))
                .isNotEmpty()
                .isEqualTo(expected);
        assertThat(lines)
                .anySatisfy(line -> assertThat(line).contains("#PF  at 0x").contains(" address 0x"));
    }

    @Test
    void writersGoesBackFromWriteToWrite() throws Exception {
        List<Accesses.Access> writes = new ArrayList<>();
        Accesses.list(recording, EnumSet.of(Accesses.Kind.WRITE), Filter.ALL, writes::add);
        Accesses.Access last = writes.get(writes.size() / 2);
        List<Long> positions = new ArrayList<>(new java.util.TreeSet<>(writes.stream()
                .filter(w -> w.address() < last.address() + last.size() && w.address() + w.size() > last.address())
                .map(Accesses.Access::position)
                .toList()));
        Collections.reverse(positions);

        List<String> lines = OutsideReader.example(
                        "python/writers.py",
                        address,
                        "0x" + Long.toHexString(last.address()),
                        Integer.toString(last.size()),
                        "traces/demo.rst")
                .lines()
                .toList();

        assertThat(lines.stream()
                        .limit(10)
                        .map(line -> Long.parseLong(line.substring(0, 14).strip())))
                .isEqualTo(positions.subList(0, Math.min(10, positions.size())));
        assertThat(lines.size()).isEqualTo(Math.min(11, positions.size()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"python/diff.py", "node/diff.js"})
    void diffTellsWhereTwoTracesPart(String script) throws Exception {
        try (Recording changed = Recording.open(Guests.demonstration(
                        both.resolve("changed.rst"),
                        Guests.options(Detail.FLOW),
                        machine -> machine.memory().bytes[0x2008] ^= 1));
                ServedTrace two = new ServedTrace(both)) {
            Files.copy(Path.of(recording.trace().file()), both.resolve("demo.rst"));
            String server = "127.0.0.1:" + two.server.address().getPort();
            Divergence.Found expected =
                    Divergence.first(recording, changed, Asker.PATIENT).orElseThrow();

            List<String> lines = OutsideReader.example(script, server, "traces/demo.rst", "traces/changed.rst")
                    .lines()
                    .toList();

            assertThat(lines.getFirst()).startsWith("%14d  ".formatted(0));
            assertThat(lines.subList(lines.size() - 3, lines.size()))
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .isEqualTo("%14d  %s".formatted(expected.position(), expected.difference())),
                            line -> assertThat(line).contains("traces/demo.rst: "),
                            line -> assertThat(line).contains("traces/changed.rst: "));
            assertThat(OutsideReader.example(script, server, "traces/demo.rst", "traces/demo.rst"))
                    .isEqualTo("%14d  the same to their ends%n"
                            .formatted(recording.trace().endPosition()));
        }
    }

    @Test
    void phasesTellsTheFirstOfEach() throws Exception {
        List<String> expected = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        Events.list(recording, Set.of(), Filter.ALL, event -> {
            boolean first = switch (event) {
                case Event.RingChange e -> seen.add(List.of(e.to(), e.toMode()));
                case Event.SystemRegisterWrite e when e.register().equals("cr3") -> seen.add(e.newValue());
                default -> false;
            };
            if (first) {
                expected.add("%14d".formatted(event.position()));
            }
            return true;
        });
        expected.add("%14d".formatted(recording.trace().endPosition()));

        List<String> lines =
                OutsideReader.example("node/phases.js", address).lines().toList();

        assertThat(lines.stream().map(line -> line.substring(0, 14))).isEqualTo(expected);
        assertThat(lines.getFirst()).contains("0x");
        assertThat(lines.getLast()).endsWith("the end");
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("ring 3, "));
    }
}
