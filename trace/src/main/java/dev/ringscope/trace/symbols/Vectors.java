package dev.ringscope.trace.symbols;

import dev.ringscope.proto.trace.v1.VectorCount;

/** What the x86 calls its vectors: Intel SDM vol. 3A, table 6-1. */
public final class Vectors {
    private static final String[] NAMES = {
        "#DE divide error",
        "#DB debug",
        "NMI",
        "#BP breakpoint",
        "#OF overflow",
        "#BR bound range",
        "#UD invalid opcode",
        "#NM device not available",
        "#DF double fault",
        "coprocessor overrun",
        "#TS invalid TSS",
        "#NP segment not present",
        "#SS stack fault",
        "#GP general protection",
        "#PF page fault",
        "reserved",
        "#MF x87 error",
        "#AC alignment check",
        "#MC machine check",
        "#XM SIMD error",
        "#VE virtualization",
        "#CP control protection"
    };

    private Vectors() {}

    /** For instance {@code #PF page fault}; outside protected mode the same numbers may be interrupts of a BIOS. */
    public static String name(int vector) {
        return vector < NAMES.length ? NAMES[vector] : "interrupt";
    }

    /** For instance {@code #PF}; empty for interrupts. */
    public static String mnemonic(int vector) {
        String name = name(vector);
        return name.startsWith("#") ? name.substring(0, 3) : vector == 2 ? "NMI" : "";
    }

    public static String describe(VectorCount count) {
        return "0x%02x %s".formatted(count.getVector(), name(count.getVector()));
    }
}
