package dev.ringscope.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.boot.Image;
import dev.ringscope.emulator.boot.MultibootLoader;
import dev.ringscope.emulator.insn.Block;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The demonstration guest makes exactly the ring changes, traps and page-table updates that {@code demo.events}, beside
 * its source, lists: nothing else, and in that order.
 */
class DemonstrationGuestTest {
    private static final long LIMIT = 2_000_000;

    private static final List<Event> EVENTS = new ArrayList<>();
    private static final ByteArrayOutputStream SAID = new ByteArrayOutputStream();
    private static DemonstrationEvents listed;
    private static Machine machine;
    private static StopReason reason;

    @BeforeAll
    static void runIt() throws IOException {
        byte[] elf = resource("demo.elf");
        listed = new DemonstrationEvents(new String(resource("demo.events"), StandardCharsets.US_ASCII), elf);
        MachineDescription description = new MachineDescription(
                "x86_64",
                1,
                64 << 20,
                0,
                Machine.standardDevices(),
                "demo",
                "demo",
                List.of(),
                new TreeMap<>(),
                List.of());
        machine = new Machine(description, new byte[0], new Wiring(null).connect("com1", SAID::write), false);
        machine.load(new MultibootLoader(new Image("demo.elf", elf), List.of(), ""));
        machine.setRecorder(new EventCollector());
        reason = machine.run(LIMIT);
    }

    @Test
    void endsByPowerOff() {
        assertThat(reason).as(machine.explanation()).isEqualTo(StopReason.POWER_OFF);
    }

    @Test
    void doesExactlyWhatItsSourceSays() {
        List<String> found =
                EVENTS.stream().map(listed::line).flatMap(Optional::stream).toList();

        assertThat(found).containsExactlyElementsOf(listed.lines());
    }

    @Test
    void tellsEveryStep() {
        assertThat(SAID.toString(StandardCharsets.US_ASCII))
                .contains("ring 1: int 0x80 brought this text; I try HLT.\n")
                .contains("error code 0005 CR2 %08x from ring 3".formatted(listed.address("gdt")))
                .contains("ring 3: these letters went from ring 3 to the port with no kernel between.\n")
                .contains("ring 3: the same read at the same address now leads to this one.\n")
                .contains("ring 0: tick 8 interrupts task B\n")
                .endsWith("ring 0: that was all. Power off.\n")
                .doesNotContain("not part of the plan");
    }

    @Test
    void itsTwoTasksBothGetTime() {
        assertThat(machine.memory().read(listed.address("frame_data"), 8)).isGreaterThan(1000);
        assertThat(machine.memory().read(listed.address("frame_data") + 8, 8)).isGreaterThan(1000);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = DemonstrationGuestTest.class.getResourceAsStream("guest/" + name)) {
            assertThat(in).as("resource %s", name).isNotNull();
            return in.readAllBytes();
        }
    }

    private static final class EventCollector implements Recorder {
        @Override
        public void define(Block block) {}

        @Override
        public void flow(int[] entries, int count) {}

        @Override
        public void event(Event event) {
            EVENTS.add(event);
        }

        @Override
        public void accesses(AccessLog log) {}

        @Override
        public void registers(RegisterLog log) {}

        @Override
        public long chunkEnd(Snapshot snapshot) {
            return Long.MAX_VALUE;
        }
    }
}
