package dev.ringscope.trace.explain;

import dev.ringscope.emulator.x86.Descriptor;
import dev.ringscope.emulator.x86.Segment;

/** What a descriptor is, in QEMU's words (Intel SDM vol. 3A, 3.4.5, 3.5 and table 3-2). */
public final class DescriptorText {
    private static final String[] LEGACY = {
        "Reserved", "TSS16-avl", "LDT", "TSS16-busy", "CallGate16", "TaskGate", "IntGate16", "TrapGate16",
        "Reserved", "TSS32-avl", "Reserved", "TSS32-busy", "CallGate32", "Reserved", "IntGate32", "TrapGate32"
    };
    private static final String[] LONG = {
        "<hiword>", "Reserved", "LDT", "Reserved", "Reserved", "Reserved", "Reserved", "Reserved",
        "Reserved", "TSS64-avl", "Reserved", "TSS64-busy", "CallGate64", "Reserved", "IntGate64", "TrapGate64"
    };

    private DescriptorText() {}

    /** {@code DPL=3 CS64 [-RA]}, with a space in front; nothing for a segment that is not present. */
    public static String segment(Segment s, boolean ia32e) {
        return s.present() ? " DPL=%d %s".formatted(s.dpl(), type(s.access, ia32e)) : "";
    }

    /**
     * {@code CS64 [-RA]}, {@code TSS64-busy}.
     *
     * @param access as {@link Segment#access}
     */
    public static String type(int access, boolean ia32e) {
        if ((access & Segment.S) == 0) {
            return (ia32e ? LONG : LEGACY)[access & 15];
        }
        boolean big = (access & Segment.BIG) != 0;
        boolean accessed = (access & Segment.ACCESSED) != 0;
        if ((access & Segment.CODE) != 0) {
            String size = (access & Segment.LONG) != 0 && ia32e ? "CS64" : big ? "CS32" : "CS16";
            return size + letters(access, Segment.CONFORMING, 'C', Segment.READABLE, 'R', accessed);
        }
        return (big || ia32e ? "DS  " : "DS16")
                + letters(access, Segment.EXPAND_DOWN, 'E', Segment.WRITABLE, 'W', accessed);
    }

    private static String letters(int access, int first, char firstLetter, int second, char letter, boolean accessed) {
        return " [%c%c%c]"
                .formatted(
                        (access & first) != 0 ? firstLetter : '-',
                        (access & second) != 0 ? letter : '-',
                        accessed ? 'A' : '-');
    }

    /** A whole descriptor in one line: type, DPL, P, then base and limit, or a gate's target. */
    public static String describe(Descriptor d, boolean ia32e) {
        if (d.low() == 0 && d.high() == 0) {
            return "empty";
        }
        StringBuilder text = new StringBuilder(
                "%-14s DPL=%d %s".formatted(type(d.access(), ia32e), d.dpl(), d.present() ? "P" : "not present"));
        if (isGate(d)) {
            text.append(" -> %04x:%016x".formatted(d.gateSelector(), d.gateOffset()));
            text.append(ia32e && d.type() >= Descriptor.INTERRUPT_GATE && d.ist() != 0 ? " IST=" + d.ist() : "");
            boolean call = d.type() == Descriptor.CALL_GATE || d.type() == Descriptor.CALL_GATE16;
            text.append(call && !ia32e && d.parameters() != 0 ? " parameters=" + d.parameters() : "");
        } else {
            text.append(" base=%016x limit=%08x".formatted(d.base(), d.limit()));
        }
        return text.toString();
    }

    /** The first 8 or 16 bytes of an entry as they lie in memory. */
    public static String bytes(Descriptor d, int size) {
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < size; n++) {
            text.append(n == 0 ? "" : " ")
                    .append("%02x".formatted((n < 8 ? d.low() : d.high()) >>> 8 * (n & 7) & 0xff));
        }
        return text.toString();
    }

    /** A call, task, interrupt or trap gate. */
    public static boolean isGate(Descriptor d) {
        return switch (d.type()) {
            case Descriptor.CALL_GATE16,
                    Descriptor.TASK_GATE,
                    Descriptor.INTERRUPT_GATE16,
                    Descriptor.TRAP_GATE16,
                    Descriptor.CALL_GATE,
                    Descriptor.INTERRUPT_GATE,
                    Descriptor.TRAP_GATE -> true;
            default -> false;
        };
    }
}
