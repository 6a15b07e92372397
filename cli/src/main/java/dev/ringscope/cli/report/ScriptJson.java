package dev.ringscope.cli.report;

import java.io.IOException;

/**
 * Writes JSON (RFC 8259) that may stand in an HTML script element, whatever a guest called itself: {@code <}, {@code >}
 * and {@code &} and all that is not printable ASCII are escaped. Addresses are strings in hexadecimal, for JavaScript's
 * numbers have 53 bits; positions and counts are numbers.
 */
final class ScriptJson {
    private final Appendable out;
    private boolean behindValue;

    ScriptJson(Appendable out) {
        this.out = out;
    }

    ScriptJson object() throws IOException {
        return begin('{');
    }

    ScriptJson endObject() throws IOException {
        return end('}');
    }

    ScriptJson list() throws IOException {
        return begin('[');
    }

    ScriptJson endList() throws IOException {
        return end(']');
    }

    ScriptJson name(String name) throws IOException {
        value(name);
        out.append(':');
        behindValue = false;
        return this;
    }

    ScriptJson value(long value) throws IOException {
        separate();
        out.append(Long.toString(value));
        return this;
    }

    ScriptJson value(boolean value) throws IOException {
        separate();
        out.append(Boolean.toString(value));
        return this;
    }

    ScriptJson value(String value) throws IOException {
        separate();
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean plain = c >= 0x20 && c < 0x7f && "\"\\<>&'".indexOf(c) < 0;
            if (plain) {
                out.append(c);
            } else {
                out.append("\\u%04x".formatted((int) c));
            }
        }
        out.append('"');
        return this;
    }

    ScriptJson hex(long value) throws IOException {
        return value("0x" + Long.toHexString(value));
    }

    ScriptJson put(String name, long value) throws IOException {
        return name(name).value(value);
    }

    ScriptJson put(String name, boolean value) throws IOException {
        return name(name).value(value);
    }

    ScriptJson put(String name, String value) throws IOException {
        return name(name).value(value);
    }

    ScriptJson hex(String name, long value) throws IOException {
        return name(name).hex(value);
    }

    ScriptJson put(String name, long[] values) throws IOException {
        return name(name).values(values, values.length);
    }

    ScriptJson put(String name, Iterable<String> values) throws IOException {
        name(name).list();
        for (String value : values) {
            value(value);
        }
        return endList();
    }

    /** The first so many of them. */
    ScriptJson values(long[] values, int count) throws IOException {
        list();
        for (int i = 0; i < count; i++) {
            value(values[i]);
        }
        return endList();
    }

    private ScriptJson begin(char bracket) throws IOException {
        separate();
        out.append(bracket);
        behindValue = false;
        return this;
    }

    private ScriptJson end(char bracket) throws IOException {
        out.append(bracket);
        behindValue = true;
        return this;
    }

    private void separate() throws IOException {
        if (behindValue) {
            out.append(',');
        }
        behindValue = true;
    }
}
