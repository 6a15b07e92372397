package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recording of the demonstration guest holds exactly the ring changes, traps and page-table updates that
 * {@code demo.events}, written with its source, lists: one by one, in order, nothing more.
 */
class DemonstrationTraceTest {
    private static final Map<String, Set<Event.Cause>> CAUSES = Map.of(
            "fault", Set.of(Event.Cause.EXCEPTION),
            "tick", Set.of(Event.Cause.EXTERNAL_INTERRUPT),
            "int", Set.of(Event.Cause.SOFTWARE_INTERRUPT),
            "iret", Set.of(Event.Cause.INTERRUPT_RETURN),
            "call", Set.of(Event.Cause.CALL_GATE),
            "ret", Set.of(Event.Cause.FAR_RETURN),
            "syscall", Set.of(Event.Cause.SYSCALL),
            "sysret", Set.of(Event.Cause.SYSRET));
    private static final Map<String, Long> BITS =
            Map.of("P", 1L, "RW", 2L, "US", 4L, "A", 0x20L, "D", 0x40L, "NX", 1L << 63);

    @TempDir
    static Path folder;

    private static Symbols symbols;
    private static List<String[]> listed;
    private static List<Event> recorded;

    @BeforeAll
    static void record() throws IOException {
        Path file = folder.resolve("demo.rst");
        Cli.Result result =
                Cli.run("record", "--quiet", "--serial", folder.resolve("said").toString(), "-o", file.toString());
        assertThat(result.status()).as(result.err()).isZero();
        Path elf = Files.write(folder.resolve("demo.elf"), resource("demo.elf"));
        symbols = new Symbols();
        symbols.add(elf);
        listed = new String(resource("demo.events"), StandardCharsets.US_ASCII)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("\\s+"))
                .toList();
        recorded = new ArrayList<>();
        try (Recording trace = Recording.open(file)) {
            Set<Events.Kind> kinds = EnumSet.of(Events.Kind.RING_CHANGE, Events.Kind.TRAP, Events.Kind.TABLE_UPDATE);
            Events.list(trace, kinds, Filter.ALL, event -> isListed(event) ? recorded.add(event) : true);
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = Machine.class.getResourceAsStream("guest/" + name)) {
            return in.readAllBytes();
        }
    }

    /** The list leaves out changes of the mode within a ring. */
    private static boolean isListed(Event event) {
        return !(event instanceof Event.RingChange change) || change.from() != change.to();
    }

    @Test
    void everyEventIsTheListedOne() {
        for (int n = 0; n < Math.min(listed.size(), recorded.size()); n++) {
            String[] line = listed.get(n);
            Event event = recorded.get(n);
            String what = "event %d, %s: %s".formatted(n + 1, String.join(" ", line), event);
            switch (event) {
                case Event.RingChange change -> checkRing(what, line, change);
                case Event.Trap trap -> checkTrap(what, line, trap);
                case Event.TableUpdate update -> checkUpdate(what, line, update);
                default -> throw new AssertionError(what);
            }
        }
        assertThat(recorded).hasSameSizeAs(listed);
    }

    @Test
    void theGuestSaysWhatItDoes() throws IOException {
        assertThat(Files.readString(folder.resolve("said")))
                .startsWith("ring 0")
                .contains("ring 3:")
                .endsWith("ring 0: that was all. Power off.\n");
    }

    @Test
    void verifyAgrees() {
        assertThat(Cli.run("verify", folder.resolve("demo.rst").toString()).status())
                .isZero();
    }

    private static void checkRing(String what, String[] line, Event.RingChange change) {
        assertThat(line[0]).as(what).isEqualTo("ring");
        assertThat(change.from()).as(what).isEqualTo(Integer.parseInt(line[1]));
        assertThat(change.to()).as(what).isEqualTo(Integer.parseInt(line[2]));
        assertThat(CAUSES.get(line[3])).as(what).contains(change.cause());
        checkDoor(what, line[4], change);
        checkAddress(what, line[5], change.fromPc());
    }

    private static void checkDoor(String what, String door, Event.RingChange change) {
        if (door.equals("-")) {
            assertThat(change.source()).as(what).isEqualTo(-1);
        } else if (door.equals("LSTAR")) {
            assertThat(change.source()).as(what).isEqualTo(0xc000_0082L);
        } else if (door.startsWith("IDT[")) {
            int vector = Integer.parseInt(door.substring(4, 6), 16);
            assertThat(change.source())
                    .as(what)
                    .isEqualTo(symbols.address("idt").getAsLong() + 16 * vector);
            assertThat(change.vector()).as(what).isEqualTo(vector);
        } else if (door.startsWith("GDT[")) {
            int selector = Integer.parseInt(door.substring(4, 6), 16);
            assertThat(change.source())
                    .as(what)
                    .isEqualTo(symbols.address("gdt").getAsLong() + selector);
        } else {
            // SYSRET takes its selectors from STAR, but nothing says where to go
            assertThat(door).as(what).isEqualTo("STAR");
            assertThat(change.source()).as(what).isIn(-1L, 0xc000_0081L);
        }
    }

    private static void checkTrap(String what, String[] line, Event.Trap trap) {
        assertThat(line[0]).as(what).isEqualTo("trap");
        assertThat(trap.vector()).as(what).isEqualTo(Integer.parseInt(line[1], 16));
        assertThat(trap.errorCode()).as(what).isEqualTo(line[2].equals("-") ? -1 : Integer.parseInt(line[2], 16));
        checkAddress(what, line[3], trap.pc());
        if (line.length > 4) {
            checkAddress(what, line[4], trap.address());
        }
        assertThat(trap.vector() == 14).as(what).isEqualTo(line.length > 4);
    }

    private static void checkUpdate(String what, String[] line, Event.TableUpdate update) {
        assertThat(line[0]).as(what).isEqualTo("pt");
        boolean mmu = line[1].startsWith("mmu:");
        assertThat(update.writer() == Event.TableWriter.INSTRUCTION).as(what).isEqualTo(!mmu);
        checkAddress(what, mmu ? line[1].substring(4) : line[1], update.pc());
        checkAddress(what, line[2], update.entry());
        String[] values =
                String.join(" ", List.of(line).subList(3, line.length)).split(" -> ");
        assertThat(update.oldValue()).as(what).isEqualTo(entry(values[0]));
        assertThat(update.newValue()).as(what).isEqualTo(entry(values[1]));
    }

    /** {@code frame_x P RW US}, or a number. */
    private static long entry(String text) {
        String[] words = text.split(" ");
        long value = words[0].equals("0") ? 0 : symbols.address(words[0]).orElseThrow();
        for (String bit : List.of(words).subList(1, words.length)) {
            value |= BITS.get(bit);
        }
        return value;
    }

    /** {@code A}, {@code A+n}, or {@code A..B} for any address from A up to, not including, B. */
    private static void checkAddress(String what, String text, long address) {
        if (text.contains("..")) {
            String[] ends = text.split("\\.\\.");
            long first = symbols.address(ends[0]).orElseThrow();
            assertThat(address)
                    .as(what)
                    .isBetween(first, symbols.address(ends[1]).orElseThrow() - 1);
            return;
        }
        String[] parts = text.split("\\+");
        long offset = parts.length == 1 ? 0 : Long.parseLong(parts[1]);
        assertThat(address).as(what).isEqualTo(symbols.address(parts[0]).orElseThrow() + offset);
    }
}
