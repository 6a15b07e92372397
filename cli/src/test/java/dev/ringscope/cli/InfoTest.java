package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.EventDecoder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** QEMU's {@code info} about interrupts and the memory map: right for the moment, however the guest is looked at. */
class InfoTest {
    private static final List<String> TOPICS = List.of("mtree", "pic", "lapic", "irq");

    @TempDir
    Path folder;

    private Path demo() {
        Path file = folder.resolve("demo.rst");
        assertThat(Cli.run("record", "--quiet", "--serial", "null", "-o", file.toString())
                        .status())
                .isZero();
        return file;
    }

    @Test
    void countsInterruptsAndExceptionsUpToTheMoment() throws Exception {
        Path file = demo();
        try (TraceReader trace = TraceReader.open(file);
                MonitorSession session = MonitorSession.atEnd(file)) {
            long end = trace.endPosition();
            for (long position : new long[] {end - 1, 30_000, 21_000, 15_000, 1, end - 1, 37_777}) {
                session.ask("seek " + position);
                assertThat(counts(session.ask("info irq"))).isEqualTo(walked(trace, position));
            }
            assertThat(walked(trace, end - 1).keySet()).anyMatch(k -> k.startsWith("external"));
        }
    }

    /** By cause and vector: what the events in front of a position say, one by one. */
    private static Map<String, Long> walked(TraceReader trace, long position) throws Exception {
        Map<String, Long> counts = new TreeMap<>();
        for (int chunk = 0; chunk < trace.chunkCount(); chunk++) {
            EventDecoder events = trace.envelope(chunk).events();
            for (Event event = events.next(); event != null; event = events.next()) {
                if (event instanceof Event.Trap trap && taken(trap, position)) {
                    counts.merge("%s 0x%02x".formatted(cause(trap), trap.vector()), 1L, Long::sum);
                }
            }
        }
        return counts;
    }

    /** Whoever seeks a position stands behind its interrupts and in front of its instruction. */
    private static boolean taken(Event.Trap trap, long position) {
        return trap.position() < position
                || trap.position() == position && trap.cause() == Event.Cause.EXTERNAL_INTERRUPT;
    }

    private static String cause(Event.Trap trap) {
        return switch (trap.cause()) {
            case EXTERNAL_INTERRUPT -> "external";
            case EXCEPTION -> "exception";
            default -> "software";
        };
    }

    /** The same from the answer. */
    private static Map<String, Long> counts(String answer) {
        List<String> names = List.of(
                "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "-", "#TS", "#NP", "#SS", "#GP", "#PF");
        Map<String, Long> counts = new TreeMap<>();
        Matcher line = Pattern.compile(" (?:(#[A-Z]{2})|INT (0x..)|[a-z0-9]+): (\\d+)(?: \\(vector (0x..).*\\))?")
                .matcher("");
        for (String text : answer.lines().toList()) {
            if (text.startsWith(" ")
                    && line.reset(text.replaceFirst("^ +", " ")).matches()) {
                String key = line.group(1) != null
                        ? "exception 0x%02x".formatted(names.indexOf(line.group(1)))
                        : line.group(2) != null ? "software " + line.group(2) : "external " + line.group(4);
                counts.put(key, Long.parseLong(line.group(3)));
            }
        }
        return counts;
    }

    @Test
    void saysTheSameOfALiveGuestARecordedOneAndOneThatIsBeingRecorded() throws Exception {
        String[] there = {"break *0x400057", "continue"};
        String trace = demo().toString();
        String live = folder.resolve("live.rst").toString();
        String expected;
        try (RingscopeProcess guest = new RingscopeProcess("run", "--gdb", "0", "--serial", "null")) {
            expected = topics(Gdb.session(guest.address(), ask(there)));
        }
        assertThat(expected)
                .containsSubsequence(
                        "0000000000000000-000000000fffffff (prio 0, ram): ram",
                        "00000000fee00000-00000000fee00fff (prio 1, i/o): apic",
                        "00000000000003f8-00000000000003ff (prio 0, i/o): com1",
                        "pic1: irr=00 imr=00",
                        "pic0: irr=",
                        "LVT0\t 0x00000700 active-hi edge",
                        "ExtINT (vec 0)",
                        "ISR\t (none)",
                        "IRQ statistics for isa-i8259:",
                        "exceptions:",
                        "#PF: ");
        try (RingscopeProcess server = new RingscopeProcess("gdb", trace, "--listen", "0")) {
            assertThat(topics(Gdb.session(server.address(), ask(there)))).isEqualTo(expected);
        }
        try (RingscopeProcess guest =
                new RingscopeProcess("record", "-o", live, "--gdb", "0", "--serial", "null", "--force")) {
            String said = Gdb.session(
                    guest.address(),
                    ask("break *0x400057", "continue", "break *0x4000f8", "continue", "reverse-continue"));
            assertThat(topics(said)).isEqualTo(expected);
        }
    }

    private static String[] ask(String... before) {
        return Stream.concat(
                        Arrays.stream(before),
                        Stream.concat(
                                TOPICS.stream().flatMap(t -> Stream.of("echo >" + t + "\\n", "monitor info " + t)),
                                Stream.of("echo >end\\n", "kill")))
                .toArray(String[]::new);
    }

    private static String topics(String said) {
        return said.substring(said.indexOf("\n>mtree"), said.indexOf("\n>end"));
    }

    @Test
    void refusesWhatTheMachineHasNot() throws Exception {
        try (MonitorSession session = MonitorSession.atEnd(demo())) {
            assertThat(session.ask("info pci"))
                    .isEqualTo(
                            "refused: info pci: this machine has no PCI bus:" + " \"info mtree\" shows its devices\n");
            assertThat(session.ask("info nonsense")).startsWith("refused: info nonsense: there is no such information");
            assertThat(session.ask("info")).contains("irq", "lapic", "mtree", "pic", "registers");
            assertThat(session.ask("info roms")).isEqualTo("this machine has no ROM\n");
            assertThat(session.ask("info pic x")).isEqualTo("refused: expected nothing more, found \"x\"\n");
        }
    }
}
