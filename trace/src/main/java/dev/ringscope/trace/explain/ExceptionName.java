package dev.ringscope.trace.explain;

import java.util.List;

/** Mnemonics of the exceptions (Intel SDM vol. 3A, table 6-1). */
public final class ExceptionName {
    private static final List<String> NAMES = List.of(
            "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "", "#TS", "#NP", "#SS", "#GP", "#PF", "",
            "#MF", "#AC", "#MC", "#XM", "#VE", "#CP");

    private ExceptionName() {}

    /** For instance {@code #GP}; a vector without a name is {@code vector 0x0f}. */
    public static String of(int vector) {
        boolean named = vector < NAMES.size() && !NAMES.get(vector).isEmpty();
        return named ? NAMES.get(vector) : "vector 0x%02x".formatted(vector);
    }
}
