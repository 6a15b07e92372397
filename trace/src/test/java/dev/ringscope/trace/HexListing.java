package dev.ringscope.trace;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.ringscope.proto.trace.v1.Trace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Takes a protobuf message apart byte by byte: a line for each tag with its value, named by the schema. */
final class HexListing {
    private static final int BYTES_PER_LINE = 16;

    private final ByteBuffer in;
    private final StringBuilder out = new StringBuilder();

    private HexListing(byte[] bytes) {
        in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static String of(byte[] trace) {
        HexListing listing = new HexListing(trace);
        listing.message(Trace.getDescriptor(), trace.length, "");
        return listing.out.toString();
    }

    private void message(Descriptor type, int end, String indent) {
        while (in.position() < end) {
            int start = in.position();
            long tag = varint();
            FieldDescriptor field = type.findFieldByNumber((int) (tag >>> 3));
            switch ((int) tag & 7) {
                case 0 -> line(start, indent + field.getName() + " = " + scalar(field, varint()));
                case 1 -> line(start, indent + field.getName() + " = " + fixed64(field, in.getLong()));
                case 5 -> line(start, indent + field.getName() + " = %08x".formatted(in.getInt()));
                case 2 -> delimited(field, start, indent);
                default -> throw new IllegalArgumentException("wire type of tag " + tag);
            }
        }
    }

    private void delimited(FieldDescriptor field, int start, String indent) {
        int length = (int) varint();
        if (field.getJavaType() == JavaType.MESSAGE) {
            line(start, indent + field.getName() + ": " + length + (length == 1 ? " byte" : " bytes"));
            message(field.getMessageType(), in.position() + length, indent + "  ");
            return;
        }
        int at = in.position();
        String value;
        if (field.getType() == FieldDescriptor.Type.STRING) {
            value = '"' + StandardCharsets.UTF_8.decode(in.slice(at, length)).toString() + '"';
        } else if (field.getType() == FieldDescriptor.Type.BYTES) {
            value = length + (length == 1 ? " byte" : " bytes");
        } else {
            value = packed(field, at + length);
        }
        in.position(at + length);
        line(start, indent + field.getName() + " = " + value);
    }

    private String packed(FieldDescriptor field, int end) {
        List<String> values = new ArrayList<>();
        while (in.position() < end) {
            values.add(
                    switch (field.getType()) {
                        case FIXED64 -> fixed64(field, in.getLong());
                        case FIXED32 -> "%08x".formatted(in.getInt());
                        case SINT64 -> {
                            long v = varint();
                            long number = v >>> 1 ^ -(v & 1);
                            yield Math.abs(number) < 1000 ? Long.toString(number) : "0x%x".formatted(number);
                        }
                        default -> scalar(field, varint());
                    });
        }
        return String.join(", ", values);
    }

    private static String scalar(FieldDescriptor field, long value) {
        return switch (field.getJavaType()) {
            case ENUM -> {
                EnumValueDescriptor constant = field.getEnumType().findValueByNumber((int) value);
                yield constant == null ? Long.toString(value) : constant.getName();
            }
            case BOOLEAN -> Boolean.toString(value != 0);
            default -> Long.toString(value);
        };
    }

    private static String fixed64(FieldDescriptor field, long value) {
        if (field.getName().equals("magic")) {
            byte[] text = new byte[8];
            ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
            return '"' + new String(text, StandardCharsets.US_ASCII) + '"';
        }
        return "0x%x".formatted(value);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    /** The bytes from start to here; the text stands beside the first of them. */
    private void line(int start, String text) {
        for (int at = start; at < in.position(); at += BYTES_PER_LINE) {
            StringBuilder hex = new StringBuilder();
            for (int i = at; i < Math.min(in.position(), at + BYTES_PER_LINE); i++) {
                hex.append("%02x ".formatted(in.get(i)));
            }
            out.append("%04x  %-48s %s"
                            .formatted(at, hex, at == start ? text : "")
                            .stripTrailing())
                    .append('\n');
        }
    }
}
