package dev.ringscope.trace.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.VirtualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every event that babeltrace2 reads is the recorded one, with its time and all its fields. */
class CtfTest {
    @TempDir
    Path folder;

    private DemoExport demo;

    @BeforeEach
    void record() throws IOException {
        demo = DemoExport.in(folder);
    }

    @AfterEach
    void close() throws IOException {
        demo.close();
    }

    private List<String> read(Range range) throws Exception {
        Path ctf = Files.createDirectory(folder.resolve("ctf" + range.from()));
        new Ctf().write(demo.of(range), ctf);
        return Judge.run(folder, "babeltrace2", "--clock-cycles", "--no-delta", "--names=none", ctf.toString())
                .lines()
                .toList();
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value).toUpperCase(Locale.ROOT);
    }

    private static String name(Enum<?> constant) {
        return "( \"%s\" : container = %d )".formatted(constant, constant.ordinal());
    }

    private static String fields(Event event) {
        return switch (event) {
            case Event.RingChange e ->
                "ring_change: %d, %d, %s, %s, %s, %d, %s, %s, %s, %s, %s, %s"
                        .formatted(
                                e.from(),
                                e.to(),
                                name(e.fromMode()),
                                name(e.toMode()),
                                name(e.cause()),
                                e.vector(),
                                hex(e.source()),
                                hex(e.sourceValue()),
                                hex(e.fromPc()),
                                hex(e.toPc()),
                                hex(e.fromStack()),
                                hex(e.toStack()));
            case Event.Trap e ->
                "trap: %s, %d, %d, %s, %s, %s, %s, %s"
                        .formatted(
                                name(e.cause()),
                                e.vector(),
                                e.errorCode(),
                                hex(e.address()),
                                hex(e.selector()),
                                hex(e.pc()),
                                e.reason().isEmpty()
                                        ? "( \"NONE\" : container = 0 )"
                                        : "( \"%s\" : container = %d )"
                                                .formatted(
                                                        e.reason(),
                                                        Reason.valueOf(e.reason())
                                                                        .ordinal()
                                                                + 1),
                                hex(e.reasonDetail()));
            case Event.TableUpdate e ->
                "table_update: %s, %d, %s, %d, %s, %s, %s, %d, %s, %s"
                        .formatted(
                                name(e.writer()),
                                e.level(),
                                hex(e.entry()),
                                e.entrySize(),
                                hex(e.oldValue()),
                                hex(e.newValue()),
                                hex(e.first()),
                                e.size(),
                                hex(e.root()),
                                hex(e.pc()));
            case Event.TranslationFlush e ->
                "translation_flush: \"%s\", %s".formatted(e.instruction(), hex(e.address()));
            case Event.SystemRegisterWrite e ->
                "%s: \"%s\", %s, %s, %s"
                        .formatted(
                                e.register().startsWith("cr") ? "control_register_write" : "system_register_write",
                                e.register(),
                                hex(e.oldValue()),
                                hex(e.newValue()),
                                hex(e.pc()));
            case Event.PortAccess e ->
                "port_access: %d, %s, %d, %s".formatted(e.write() ? 1 : 0, hex(e.port()), e.size(), hex(e.value()));
            case Event.DeviceAccess e ->
                "device_access: %d, %s, %d, %s"
                        .formatted(e.write() ? 1 : 0, hex(e.address()), e.size(), hex(e.value()));
            case Event.Input e ->
                "input: \"%s\", %d, %s"
                        .formatted(e.source(), e.data().length, HexFormat.of().formatHex(e.data()));
            case Event.Halt e -> "halt: " + e.until();
            case Event.End e -> "end: %s, \"%s\"".formatted(name(e.reason()), e.explanation());
        };
    }

    private List<String> expected(Range range) throws IOException {
        VirtualClock clock = VirtualClock.from(demo.recording().trace(), range.from());
        List<String> lines = new ArrayList<>();
        Events.list(demo.recording(), Set.of(), Filter.of(range), event -> {
            String[] parts = fields(event).split(": ", 2);
            lines.add("[%020d] %s: { %d }, { %s }"
                    .formatted(clock.at(event.position()), parts[0], event.position(), parts[1]));
            if (event instanceof Event.Halt halt) {
                clock.pass(halt);
            }
            return true;
        });
        return lines;
    }

    @Test
    void babeltraceReadsEveryEventOfTheWholeTrace() throws Exception {
        List<String> lines = read(Range.ALL);
        assertThat(lines.getFirst()).contains("start: { 0 }, { 0, ( \"PROTECTED32\" : container = 2 ), 0x0 }");
        List<String> expected = expected(Range.ALL);
        assertThat(expected).hasSizeGreaterThan(6000);
        assertThat(lines.subList(1, lines.size())).isEqualTo(expected);
        // the stream has several packets
        assertThat(Files.size(folder.resolve("ctf0/processor_0"))).isGreaterThan(2 << 16);
    }

    @Test
    void aPartBeginsWithWhatHoldsThere() throws Exception {
        Range range = new Range(43_990, 60_000, 0);
        List<String> lines = read(range);
        int ring =
                demo.recording().trace().instructions(43_990).contextAt(43_990).ring();
        assertThat(lines.getFirst()).contains("start: { 43990 }, { %d, ( \"LONG64\"".formatted(ring));
        assertThat(lines.subList(1, lines.size())).isEqualTo(expected(range));
    }
}
