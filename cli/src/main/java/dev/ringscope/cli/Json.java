package dev.ringscope.cli;

import java.util.List;

/**
 * One JSON object (RFC 8259), built field by field in order. Addresses and registers are strings like
 * {@code "0xffffffff81000000"}, for many readers of JSON have no 64-bit integers.
 */
final class Json {
    private final StringBuilder text = new StringBuilder();

    Json put(String name, long value) {
        return raw(name, Long.toString(value));
    }

    Json put(String name, boolean value) {
        return raw(name, Boolean.toString(value));
    }

    Json put(String name, String value) {
        return raw(name, quote(value));
    }

    Json put(String name, Json value) {
        return raw(name, value.toString());
    }

    /** An array of strings or numbers. */
    Json put(String name, List<?> values) {
        return raw(
                name, "[" + String.join(",", values.stream().map(Json::element).toList()) + "]");
    }

    /** A number in hexadecimal, as a string. */
    Json hex(String name, long value) {
        return put(name, "0x" + Long.toHexString(value));
    }

    private Json raw(String name, String value) {
        text.append(text.isEmpty() ? "" : ",").append(quote(name)).append(':').append(value);
        return this;
    }

    private static String element(Object value) {
        return value instanceof Number || value instanceof Json ? value.toString() : quote(value.toString());
    }

    private static String quote(String s) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    @Override
    public String toString() {
        return "{" + text + "}";
    }
}
