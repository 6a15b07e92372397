package dev.ringscope.trace.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Rings;
import dev.ringscope.trace.query.Traps;
import dev.ringscope.trace.symbols.Symbols;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VcdTest {
    @TempDir
    Path folder;

    private Recording recording;

    @BeforeEach
    void record() throws IOException {
        recording = Recording.open(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW));
    }

    @AfterEach
    void close() throws IOException {
        recording.close();
    }

    private String dump(Range range) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Vcd().write(new Exported(recording, range, new Symbols(), Asker.PATIENT), out);
        return out.toString();
    }

    @Test
    void gtkwaveReadsIt() throws Exception {
        Files.writeString(folder.resolve("demo.vcd"), dump(Range.ALL));
        Judge.run(folder, "vcd2fst", "demo.vcd", "demo.fst");
        assertThat(folder.resolve("demo.fst")).isNotEmptyFile();
    }

    /** The value of a signal by position, after all changes there, read back from the text. */
    private static TreeMap<Long, Long> values(String vcd, String name) {
        String code = vcd.lines()
                .filter(line -> line.startsWith("$var") && line.endsWith(" " + name + " $end"))
                .findFirst()
                .orElseThrow()
                .split(" ")[3];
        TreeMap<Long, Long> values = new TreeMap<>();
        long position = 0;
        for (String line : vcd.lines().toList()) {
            String[] words = line.split(" ");
            if (line.startsWith("b") && words[1].equals("!")) {
                position = Long.parseLong(words[0].substring(1), 2);
            } else if (line.startsWith("b") && words[1].equals(code)) {
                values.put(position, Long.parseUnsignedLong(words[0].substring(1), 2));
            }
        }
        return values;
    }

    @Test
    void theRingAtEachPositionIsThatOfTheLastChange() throws Exception {
        TreeMap<Long, Long> expected = new TreeMap<>();
        Rings.list(
                recording, Filter.ALL, change -> expected.put(change.position(), (long) change.to()) == null || true);

        TreeMap<Long, Long> found = values(dump(Range.ALL), "ring");

        assertThat(expected).hasSizeGreaterThan(20);
        expected.forEach(
                (position, ring) -> assertThat(found.floorEntry(position).getValue())
                        .as("position %d", position)
                        .isEqualTo(ring));
    }

    @Test
    void aPartBeginsWithTheStateThatHoldsThere() throws Exception {
        List<Event.Trap> traps = new ArrayList<>();
        Traps.list(recording, Filter.ALL, traps::add);
        long from = traps.get(traps.size() / 2).position() - 1;
        TreeMap<Long, Long> whole = values(dump(Range.ALL), "cr3");

        String part = dump(new Range(from, from + 2000, 0));

        assertThat(values(part, "cr3").firstEntry().getValue())
                .isEqualTo(whole.floorEntry(from).getValue());
        assertThat(part).endsWith("b" + Long.toBinaryString(from + 2000) + " !\n");
        long pulses = part.lines().filter(line -> line.matches("1\\S")).count();
        assertThat(pulses)
                .isGreaterThanOrEqualTo(traps.stream()
                        .filter(t -> t.position() >= from && t.position() < from + 2000)
                        .count());
    }
}
