package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.format.AccessCursor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in docs/trace-format.md is a trace, and says of every byte what it is. */
class FormatDocumentTest {
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{4})  ((?:[0-9a-f]{2} ?)+).*");

    @TempDir
    Path folder;

    private static String listing() throws IOException {
        String document = Files.readString(Path.of(System.getProperty("ringscope.root"), "docs/trace-format.md"));
        int start = document.indexOf("```hex\n") + "```hex\n".length();
        return document.substring(start, document.indexOf("```", start));
    }

    /** The bytes of the document's listing. */
    private static byte[] bytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String line : listing().lines().toList()) {
            Matcher matcher = LINE.matcher(line.substring(0, Math.min(line.length(), 54)));
            assertThat(matcher.matches()).as(line).isTrue();
            assertThat(Integer.parseInt(matcher.group(1), 16)).as(line).isEqualTo(bytes.size());
            bytes.writeBytes(
                    HexFormat.ofDelimiter(" ").parseHex(matcher.group(2).strip()));
        }
        return bytes.toByteArray();
    }

    @Test
    void theDocumentNamesEveryByteAsTheSchemaDoes() throws IOException {
        assertThat(HexListing.of(bytes())).isEqualTo(listing());
    }

    @Test
    void theRecorderWritesTheseBytes() throws IOException {
        Path file = folder.resolve("tiny.rst");
        TinyTrace.record(file);
        assertThat(HexListing.of(Files.readAllBytes(file))).isEqualTo(listing());
    }

    @Test
    void theReaderFindsInItWhatTheDocumentSays() throws IOException {
        Path file = Files.write(folder.resolve("tiny.rst"), bytes());
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.damage()).isEmpty();
            assertThat(RoundTripTest.instructions(trace, 0))
                    .extracting(i -> "%d %x ring %d".formatted(i.position(), i.address(), i.ring()))
                    .containsExactly(
                            "0 400000 ring 3",
                            "1 400003 ring 3",
                            "2 400000 ring 3",
                            "3 400003 ring 3",
                            "4 400000 ring 3",
                            "5 ffff800000000100 ring 0",
                            "6 ffff800000000101 ring 0",
                            "7 ffff800000000103 ring 0");
            List<Event> events = RoundTripTest.events(trace);
            assertThat(events).hasSize(3);
            assertThat(events.getFirst()).isInstanceOfSatisfying(Event.Trap.class, trap -> {
                assertThat(trap.position()).isEqualTo(5);
                assertThat(trap.vector()).isEqualTo(14);
                assertThat(trap.address()).isEqualTo(0x404000);
            });
            AccessCursor accesses = trace.chunks().decode(0).accesses();
            StringBuilder text = new StringBuilder();
            while (accesses.next()) {
                text.append("%d %s %x %x; "
                        .formatted(
                                accesses.position(),
                                accesses.write() ? "store" : "load",
                                accesses.address(),
                                accesses.value()));
            }
            assertThat(text.toString())
                    .isEqualTo("0 load 401000 1; 2 load 401008 2; 4 load 401010 3; 5 store ffff800000000ff8 2b; "
                            + "6 load ffff800000000ff8 2b; ");
        }
    }
}
