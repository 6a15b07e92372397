package dev.ringscope.cli;

import java.util.Locale;

/** Constants of enums as they are printed. */
public final class Names {
    private Names() {}

    /** {@code FAR_CALL} is {@code far call}. */
    public static String of(Enum<?> constant) {
        return of(constant.name());
    }

    public static String of(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    public static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
