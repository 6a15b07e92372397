package dev.ringscope.trace.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.MemoryContents;
import dev.ringscope.trace.query.MemoryContents.Space;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.RepeatingGuest;
import dev.ringscope.trace.query.State;
import dev.ringscope.trace.symbols.Symbols;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The text, applied line by line, gives the machine's own states. */
class TenetTest {
    private static final long FROM = 43_890;
    private static final long TO = 43_990;

    @TempDir
    Path folder;

    @Test
    void theLinesMakeTheRegistersAndTheMemoryOfEachPosition() throws Exception {
        try (Recording recording = Recording.open(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new Tenet().write(new Exported(recording, new Range(FROM, TO, 0), new Symbols(), Asker.PATIENT), out);
            List<String> lines = out.toString().lines().toList();
            assertThat(lines).hasSize((int) (TO - FROM) + 1);

            Timeline timeline = new Timeline(recording.trace(), Detail.FLOW);
            Map<String, Long> registers = new HashMap<>();
            int stores = 0;
            for (int i = 0; i < lines.size(); i++) {
                for (String word : lines.get(i).split(",")) {
                    String[] parts = word.split("=");
                    if (!parts[0].startsWith("m")) {
                        registers.put(parts[0], Long.parseUnsignedLong(parts[1].substring(2), 16));
                        continue;
                    }
                    String[] access = parts[1].split(":");
                    byte[] bytes = HexFormat.of().parseHex(access[1]);
                    long address = Long.parseUnsignedLong(access[0].substring(2), 16);
                    if (parts[0].equals("mw")) {
                        stores++;
                        assertThat(MemoryContents.page(timeline, FROM + i, Space.VIRTUAL, address, bytes.length))
                                .isEqualTo(bytes);
                    }
                }
                Map<String, long[]> state = State.at(timeline, FROM + i).registers();
                registers.forEach((name, value) -> assertThat(value).as(name).isEqualTo(state.get(name)[0]));
                assertThat(registers).hasSize(17);
            }
            assertThat(stores).isPositive();
        }
    }

    @Test
    void aLineHasAllThatARepeatedInstructionDid() throws Exception {
        try (Recording recording = RepeatingGuest.record(folder.resolve("repeating.rst"))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new Tenet().write(new Exported(recording, Range.ALL, new Symbols(), Asker.PATIENT), out);
            String line = out.toString().lines().toList().get((int) RepeatingGuest.MOVES + 1);
            StringBuilder expected = new StringBuilder();
            for (int n = RepeatingGuest.MOVED - 1; n >= 0; n--) {
                int value = 0x1234_5678 >>> 8 * (n % 4) & 0xff;
                expected.append(",mr=0x%x:%02X".formatted(RepeatingGuest.FROM + n, value))
                        .append(",mw=0x%x:%02X".formatted(RepeatingGuest.TO + n, value));
            }
            assertThat(line.substring(line.indexOf(",m"))).isEqualTo(expected.toString());
        }
    }
}
