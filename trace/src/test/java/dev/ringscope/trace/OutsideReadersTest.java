package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers that share nothing with ours but the schema's comments find the same in a trace. */
class OutsideReadersTest {
    /** Words of demo.events for the schema's causes. */
    private static final Map<String, String> WORDS = Map.of(
            "exception", "fault",
            "external_interrupt", "tick",
            "software_interrupt", "int",
            "interrupt_return", "iret",
            "syscall", "syscall",
            "sysret", "sysret",
            "call_gate", "call",
            "far_return", "ret");

    private static final Pattern RING_CHANGE = Pattern.compile("\\[\\d+, (\\d), (\\d), \"(\\w+)\", \\d+]");
    private static final Pattern TRAP = Pattern.compile("\\[\\d+, (\\d+), (null|\\d+)]");

    @TempDir
    Path folder;

    @Test
    void aPythonReaderFindsTheSameInACompressedTrace() throws Exception {
        for (Detail detail : Detail.values()) {
            Path file = Guests.demonstration(folder.resolve(detail + ".rst"), detail);
            assertThat(OutsideReader.python("count.py", file.toString()))
                    .as("%s", detail)
                    .isEqualTo(found(file));
        }
    }

    @Test
    void aPythonReaderFindsTheSameInAnUncompressedTrace() throws Exception {
        Path file = uncompressed();
        assertThat(OutsideReader.python("count.py", file.toString())).isEqualTo(found(file));
    }

    private Path uncompressed() throws IOException {
        RecordingOptions options = Guests.options(Detail.FLOW).withCompression(false);
        return Guests.demonstration(folder.resolve("plain.rst"), options, _ -> {});
    }

    /** What our reader finds, in the words of count.py. */
    private static String found(Path file) throws IOException {
        try (TraceReader trace = TraceReader.open(file)) {
            List<Event> events = RoundTripTest.events(trace);
            List<String> traps = each(
                    events,
                    Event.Trap.class,
                    t -> "[%d, %d, %s]"
                            .formatted(t.position(), t.vector(), t.errorCode() == -1 ? "null" : t.errorCode()));
            List<String> changes = each(
                    events,
                    Event.RingChange.class,
                    c -> "[%d, %d, %d, \"%s\", %s]"
                            .formatted(
                                    c.position(),
                                    c.from(),
                                    c.to(),
                                    c.cause().name().toLowerCase(Locale.ROOT),
                                    Long.toUnsignedString(c.fromPc())));
            return """
                    {"instructions": %d, "ring_instructions": %s, "trap_count": %d, "ring_change_count": %d, \
                    "traps": %s, "ring_changes": %s}
                    """.formatted(
                            trace.endPosition(),
                            trace.index().getTotals().getRingInstructionsList(),
                            traps.size(),
                            changes.size(),
                            traps,
                            changes);
        }
    }

    private static <E extends Event> List<String> each(List<Event> events, Class<E> type, Function<E, String> text) {
        return events.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .map(text)
                .toList();
    }

    @Test
    void aPythonReaderFindsWhatTheDemonstrationGuestSaysItDoes() throws Exception {
        Path file = Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW);

        String found = OutsideReader.python("count.py", file.toString());

        List<String> rings = RING_CHANGE
                .matcher(found)
                .results()
                .filter(m -> !m.group(1).equals(m.group(2)))
                .map(m -> "ring %s %s %s".formatted(m.group(1), m.group(2), WORDS.get(m.group(3))))
                .toList();
        assertThat(rings).isEqualTo(listed("ring", 4)).hasSizeGreaterThan(50);
        List<String> traps = TRAP.matcher(found)
                .results()
                .map(m -> "trap %02x %s".formatted(Integer.parseInt(m.group(1)), errorCode(m.group(2))))
                .toList();
        assertThat(traps).isEqualTo(listed("trap", 3)).hasSizeGreaterThan(20);
    }

    private static String errorCode(String text) {
        return text.equals("null") ? "-" : "%04x".formatted(Integer.parseInt(text));
    }

    /** The first words of the lines of demo.events that begin with a word. */
    private static List<String> listed(String first, int words) throws IOException {
        List<String> lines = new ArrayList<>();
        try (InputStream in = Machine.class.getResourceAsStream("guest/demo.events")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.lines().toList()) {
                List<String> found = List.of(line.split("\\s+"));
                if (found.getFirst().equals(first)) {
                    lines.add(String.join(" ", found.subList(0, words)));
                }
            }
        }
        return lines;
    }

    @Test
    void protocShowsAWholeUncompressedTrace() throws Exception {
        Path file = uncompressed();

        String text = OutsideReader.protoc(file);

        try (TraceReader trace = TraceReader.open(file)) {
            Map<String, Long> kinds = RoundTripTest.events(trace).stream()
                    .collect(Collectors.groupingBy(e -> e.getClass().getSimpleName(), Collectors.counting()));
            assertThat(occurrences(text, "\n          ring_change {")).isEqualTo(kinds.get("RingChange"));
            assertThat(occurrences(text, "\n          trap {")).isEqualTo(kinds.get("Trap"));
            assertThat(occurrences(text, "\n          table_update {")).isEqualTo(kinds.get("TableUpdate"));
            assertThat(occurrences(text, "\n  chunk {")).isEqualTo(trace.chunkCount());
            assertThat(text).startsWith("packet {\n  header {\n    magic: 3550317829084697426\n");
            assertThat(text).contains("\n  trailer {\n").contains("end_position: " + trace.endPosition());
        }
    }

    private static long occurrences(String text, String part) {
        return Pattern.compile(Pattern.quote(part)).matcher(text).results().count();
    }
}
