package dev.ringscope.trace.export.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Thrift's compact protocol, of which Parquet's headers and footer are made: fields in ascending order. */
final class CompactOutput {
    private static final int TRUE = 1, FALSE = 2, BYTE = 3, I32 = 5, I64 = 6, BINARY = 8, LIST = 9, STRUCT = 12;
    private static final int SHORT_LIST = 15;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Deque<Integer> outer = new ArrayDeque<>();
    private int last;

    byte[] bytes() {
        return out.toByteArray();
    }

    private void field(int id, int type) {
        out.write((id - last) << 4 | type);
        last = id;
    }

    private void varint(long value) {
        Varints.write(out, value);
    }

    private void zigzag(long value) {
        varint(value << 1 ^ value >> 63);
    }

    CompactOutput i8(int id, int value) {
        field(id, BYTE);
        out.write(value);
        return this;
    }

    CompactOutput i32(int id, int value) {
        field(id, I32);
        zigzag(value);
        return this;
    }

    CompactOutput i64(int id, long value) {
        field(id, I64);
        zigzag(value);
        return this;
    }

    CompactOutput bool(int id, boolean value) {
        field(id, value ? TRUE : FALSE);
        return this;
    }

    CompactOutput binary(int id, byte[] value) {
        field(id, BINARY);
        return element(value);
    }

    CompactOutput string(int id, String value) {
        return binary(id, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Up to {@link #end}. */
    CompactOutput struct(int id) {
        field(id, STRUCT);
        return element();
    }

    /** A list's structure, up to {@link #end}; also the outermost one. */
    CompactOutput element() {
        outer.push(last);
        last = 0;
        return this;
    }

    CompactOutput end() {
        out.write(0);
        last = outer.pop();
        return this;
    }

    CompactOutput structs(int id, int count) {
        return list(id, STRUCT, count);
    }

    CompactOutput numbers(int id, int... values) {
        list(id, I32, values.length);
        for (int value : values) {
            zigzag(value);
        }
        return this;
    }

    CompactOutput strings(int id, String... values) {
        list(id, BINARY, values.length);
        for (String value : values) {
            element(value.getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    private CompactOutput list(int id, int type, int count) {
        field(id, LIST);
        if (count < SHORT_LIST) {
            out.write(count << 4 | type);
        } else {
            out.write(SHORT_LIST << 4 | type);
            varint(count);
        }
        return this;
    }

    private CompactOutput element(byte[] value) {
        varint(value.length);
        out.writeBytes(value);
        return this;
    }
}
