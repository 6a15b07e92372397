package dev.ringscope.trace.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads the file as the format's description says, and compares with single instructions. */
class DrcovTest {
    private static final Pattern MODULE =
            Pattern.compile(" *(\\d+), 0x([0-9a-f]+), 0x([0-9a-f]+), 0x0+, 0x0+, 0x0+, (\\S+)");

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

    /** All bytes that the file says were executed. */
    private static Set<Long> bytes(byte[] file) {
        String text = new String(file, StandardCharsets.ISO_8859_1);
        assertThat(text).startsWith("DRCOV VERSION: 2\nDRCOV FLAVOR: drcov\nModule Table: version 2, count ");
        Matcher table = Pattern.compile("BB Table: (\\d+) bbs\n").matcher(text);
        assertThat(table.find()).isTrue();
        List<Long> bases = new ArrayList<>();
        MODULE.matcher(text.substring(0, table.start())).results().forEach(m -> {
            assertThat(Integer.parseInt(m.group(1))).isEqualTo(bases.size());
            bases.add(Long.parseUnsignedLong(m.group(2), 16));
        });
        assertThat(text).contains("count " + bases.size() + "\n");
        ByteBuffer entries = ByteBuffer.wrap(file, table.end(), file.length - table.end())
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(entries.remaining()).isEqualTo(8 * Integer.parseInt(table.group(1)));
        Set<Long> bytes = new HashSet<>();
        while (entries.hasRemaining()) {
            long start = entries.getInt() & 0xffff_ffffL;
            int size = entries.getShort() & 0xffff;
            long base = bases.get(entries.getShort() & 0xffff);
            for (int i = 0; i < size; i++) {
                bytes.add(base + start + i);
            }
        }
        return bytes;
    }

    @Test
    void theBytesInItAreThoseThatWereExecuted() throws IOException {
        for (Range range : List.of(Range.ALL, new Range(60_000, 70_000, 0))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new Drcov().write(new Exported(recording, range, new Symbols(), Asker.PATIENT), out);

            Set<Long> expected = new HashSet<>();
            InstructionCursor i = recording.trace().instructions(range.from());
            while (i.next() && range.holds(i.position())) {
                for (int n = 0; n < i.code().length; n++) {
                    expected.add(i.address() + n);
                }
            }
            Set<Long> found = bytes(out.toByteArray());
            assertThat(found).isNotEmpty();
            if (range.equals(Range.ALL)) {
                assertThat(found).isEqualTo(expected);
            } else { // a block counts with its first instruction: those at the ends may be cut off
                assertThat(found).isSubsetOf(bytesOfAll());
                assertThat(expected.stream().filter(b -> !found.contains(b)).count())
                        .isLessThan(64 * 15);
            }
        }
    }

    private Set<Long> bytesOfAll() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Drcov().write(new Exported(recording, Range.ALL, new Symbols(), Asker.PATIENT), out);
        return bytes(out.toByteArray());
    }
}
