package dev.ringscope.emulator;

import dev.ringscope.emulator.Event.RingChange;
import dev.ringscope.emulator.Event.TableUpdate;
import dev.ringscope.emulator.Event.TableWriter;
import dev.ringscope.emulator.Event.Trap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code demo.events}: what the demonstration guest says it does, and the machine's events told in the same words. An
 * address is called what the list calls it, whichever of several symbols lie there; an address inside a listed range by
 * that range.
 */
final class DemonstrationEvents {
    private static final long FRAME = 0x000f_ffff_ffff_f000L;
    private static final Map<String, Long> BITS = new LinkedHashMap<>();

    static {
        BITS.put("P", 1L);
        BITS.put("RW", 2L);
        BITS.put("US", 4L);
        BITS.put("A", 0x20L);
        BITS.put("D", 0x40L);
        BITS.put("NX", 1L << 63);
    }

    private record Range(String text, long from, long to) {}

    private final Map<String, Long> symbols;
    private final Map<Long, String> names = new LinkedHashMap<>();
    private final List<Range> ranges = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();

    DemonstrationEvents(String listed, byte[] elf) {
        symbols = ElfSymbols.read(elf);
        for (String line : listed.lines().toList()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                lines.add(normal(line.split("\\s+")));
            }
        }
    }

    /** The list, one event each. */
    List<String> lines() {
        return lines;
    }

    /** A symbol, or {@code symbol+n}. */
    long address(String text) {
        String[] parts = text.split("\\+");
        Long base = symbols.get(parts[0]);
        if (base == null) {
            throw new IllegalArgumentException("demo.elf has no symbol " + parts[0]);
        }
        return parts.length == 1 ? base : base + Long.parseLong(parts[1]);
    }

    /** An event in the words of the list; empty for those that the list leaves out. */
    Optional<String> line(Event event) {
        return Optional.ofNullable(
                switch (event) {
                    case RingChange change
                    when change.from() != change.to() ->
                        "ring %d %d %s %s %s"
                                .formatted(
                                        change.from(), change.to(), cause(change), door(change), name(change.fromPc()));
                    case Trap trap -> trap(trap);
                    case TableUpdate update ->
                        "pt %s %s %s -> %s"
                                .formatted(
                                        (update.writer() == TableWriter.INSTRUCTION ? "" : "mmu:") + name(update.pc()),
                                        name(update.entry()),
                                        entry(update.oldValue()),
                                        entry(update.newValue()));
                    default -> null;
                });
    }

    /** A line of the list with its addresses noted, single spaces between its words. */
    private String normal(String[] words) {
        switch (words[0]) {
            case "ring" -> words[5] = noted(words[5]);
            case "trap" -> {
                for (int i = 3; i < words.length; i++) {
                    words[i] = noted(words[i]);
                }
            }
            case "pt" -> {
                boolean mmu = words[1].startsWith("mmu:");
                words[1] = mmu ? "mmu:" + noted(words[1].substring(4)) : noted(words[1]);
                words[2] = noted(words[2]);
            }
            default -> throw new IllegalArgumentException("demo.events: expected ring, trap or pt, found " + words[0]);
        }
        return String.join(" ", words);
    }

    private String noted(String text) {
        int dots = text.indexOf("..");
        if (dots < 0) {
            return names.computeIfAbsent(address(text), unused -> text);
        }
        ranges.add(new Range(text, address(text.substring(0, dots)), address(text.substring(dots + 2))));
        return text;
    }

    private String name(long address) {
        String exact = names.get(address);
        if (exact != null) {
            return exact;
        }
        return ranges.stream()
                .filter(range -> range.from <= address && address < range.to)
                .map(Range::text)
                .findFirst()
                .orElse("0x%x".formatted(address));
    }

    private static String cause(RingChange change) {
        return switch (change.cause()) {
            case EXCEPTION -> "fault";
            case EXTERNAL_INTERRUPT -> "tick";
            case SOFTWARE_INTERRUPT -> "int";
            case SYSCALL -> "syscall";
            case SYSRET -> "sysret";
            case CALL_GATE -> "call";
            case FAR_RETURN -> "ret";
            case INTERRUPT_RETURN -> "iret";
            case RESET, NMI, SYSENTER, SYSEXIT, FAR_JUMP, FAR_CALL, TASK_SWITCH, CONTROL_REGISTER, DEBUGGER ->
                change.cause().name();
        };
    }

    private String door(RingChange change) {
        long source = change.source();
        if (source == -1) {
            return "-";
        }
        if (source == 0xc000_0082L) {
            return "LSTAR";
        }
        long idt = address("idt");
        return source >= idt
                ? "IDT[%02x]".formatted((source - idt) / 16)
                : "GDT[%02x]".formatted(source - address("gdt"));
    }

    private String trap(Trap trap) {
        String error = trap.errorCode() == -1 ? "-" : "%04x".formatted(trap.errorCode());
        String cr2 = trap.vector() == 14 ? " " + name(trap.address()) : "";
        return "trap %02x %s %s%s".formatted(trap.vector(), error, name(trap.pc()), cr2);
    }

    private String entry(long value) {
        if (value == 0) {
            return "0";
        }
        StringBuilder text = new StringBuilder(frame(value & FRAME));
        long rest = value & ~FRAME;
        for (Map.Entry<String, Long> bit : BITS.entrySet()) {
            if ((rest & bit.getValue()) != 0) {
                text.append(' ').append(bit.getKey());
                rest &= ~bit.getValue();
            }
        }
        return rest == 0
                ? text.toString()
                : text.append(" 0x%x".formatted(rest)).toString();
    }

    private String frame(long address) {
        return symbols.entrySet().stream()
                .filter(symbol ->
                        symbol.getValue() == address && symbol.getKey().startsWith("frame_"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("0x%x".formatted(address));
    }
}
