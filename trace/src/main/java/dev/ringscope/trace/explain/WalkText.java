package dev.ringscope.trace.explain;

import dev.ringscope.emulator.x86.Walk;

/** A page walk, a line for each entry and one for what comes of it. */
public final class WalkText {
    private static final String[] NAMES = {"", "PTE", "PDE", "PDPTE", "PML4E"};
    private static final String[] LOW = {"P", "RW", "US", "PWT", "PCD", "A", "D", "PS", "G"};

    private WalkText() {}

    public static String of(Walk walk) {
        StringBuilder text = new StringBuilder();
        for (Walk.Step step : walk.steps()) {
            text.append(entry(step.level(), step.entry(), step.value()));
        }
        if (!walk.mapped()) {
            return text.append(
                            "0x%x: %s%n".formatted(walk.linear(), walk.failure().text()))
                    .toString();
        }
        if (walk.steps().isEmpty()) {
            return "0x%x: paging is off, the linear address is the physical one%n".formatted(walk.linear());
        }
        return text.append("0x%x -> 0x%x, page of 0x%x bytes, %s, %s, %s%n"
                        .formatted(
                                walk.linear(),
                                walk.physical(),
                                walk.pageSize(),
                                walk.user() ? "user" : "supervisor",
                                walk.writable() ? "writable" : "read-only",
                                walk.noExecute() ? "no-execute" : "executable"))
                .toString();
    }

    /** {@code PTE at 0x106020: 0x10d007 P RW US}, with the end of the line. */
    public static String entry(int level, long entry, long value) {
        return "  %-5s at 0x%x: 0x%x%s%n".formatted(NAMES[level], entry, value, bits(level, value));
    }

    /** What level 1..4 is called. */
    public static String name(int level) {
        return NAMES[level];
    }

    /** The set bits' names, each with a space in front; an entry that is not present has none that count. */
    public static String bits(int level, long value) {
        if ((value & 1) == 0) {
            return " not present";
        }
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < LOW.length; bit++) {
            if ((value >>> bit & 1) != 0) {
                text.append(' ').append(bit == 7 && level == 1 ? "PAT" : LOW[bit]);
            }
        }
        return value < 0 ? text + " NX" : text.toString();
    }
}
