package dev.ringscope.trace.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks over the fields of one protobuf message in a byte array without building objects. Everything is checked against
 * the message's end; nothing is allocated that the bytes do not hold.
 */
public final class WireInput {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private final Place place;
    private final byte[] bytes;
    private final int end;
    private int at;
    private int field;
    private int type;

    public WireInput(Place place, byte[] bytes, int from, int to) {
        this.place = place;
        this.bytes = bytes;
        at = from;
        end = to;
    }

    public WireInput(Place place, byte[] bytes) {
        this(place, bytes, 0, bytes.length);
    }

    public Place place() {
        return place;
    }

    public byte[] array() {
        return bytes;
    }

    public int position() {
        return at;
    }

    public int end() {
        return end;
    }

    public int remaining() {
        return end - at;
    }

    /** What has not been read yet. */
    public byte[] rest() {
        return Arrays.copyOfRange(bytes, at, end);
    }

    /** Goes to the next field; false at the end of the message. The field before must have been read or skipped. */
    public boolean next() {
        if (at == end) {
            return false;
        }
        long tag = rawVarint();
        field = (int) (tag >>> 3);
        type = (int) tag & 7;
        if (tag >>> 32 != 0 || field == 0) {
            throw bad("a field's tag, found %d".formatted(tag));
        }
        return true;
    }

    public int field() {
        return field;
    }

    public long varint() {
        require(VARINT, "a varint");
        return rawVarint();
    }

    /** A varint that must be within 0..max. */
    public long varint(long max, String what) {
        long value = varint();
        if (Long.compareUnsigned(value, max) > 0) {
            throw bad("%s of at most %d, found %s".formatted(what, max, Long.toUnsignedString(value)));
        }
        return value;
    }

    public long fixed64() {
        require(FIXED64, "a 64-bit field");
        return rawFixed64();
    }

    public int fixed32() {
        require(FIXED32, "a 32-bit field");
        return rawFixed32();
    }

    /** The content of a length-delimited field, as an input of its own. */
    public WireInput message() {
        return message(place);
    }

    public WireInput message(Place inner) {
        require(LENGTH, "a length-delimited field");
        int length = length();
        at += length;
        return new WireInput(inner, bytes, at - length, at);
    }

    public byte[] byteArray() {
        WireInput content = message();
        return Arrays.copyOfRange(bytes, content.at, content.end);
    }

    public String string() {
        WireInput content = message();
        return new String(bytes, content.at, content.end - content.at, StandardCharsets.UTF_8);
    }

    public void skip() {
        switch (type) {
            case VARINT -> rawVarint();
            case FIXED64 -> rawFixed64();
            case LENGTH -> {
                int length = length(); // which moves on itself
                at += length;
            }
            case FIXED32 -> rawFixed32();
            default -> throw bad("wire type 0, 1, 2 or 5, found %d".formatted(type));
        }
    }

    /** The next value of a packed column of varints, when this input is that column. */
    public long rawVarint() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            need(1);
            byte b = bytes[at++];
            if (shift == 63 && b > 1) {
                break;
            }
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw bad("a varint of at most 64 bits");
    }

    public long rawZigzag() {
        long v = rawVarint();
        return v >>> 1 ^ -(v & 1);
    }

    public int rawByte() {
        need(1);
        return bytes[at++] & 0xff;
    }

    public int rawFixed16() {
        need(2);
        at += 2;
        return (short) Bytes.SHORT.get(bytes, at - 2) & 0xffff;
    }

    public int rawFixed32() {
        need(4);
        at += 4;
        return (int) Bytes.INT.get(bytes, at - 4);
    }

    public long rawFixed64() {
        need(8);
        at += 8;
        return (long) Bytes.LONG.get(bytes, at - 8);
    }

    /** Throws unless everything has been read. */
    public void finish(String what) {
        if (at != end) {
            throw bad("the end of %s, found %d more bytes".formatted(what, end - at));
        }
    }

    private int length() {
        long length = rawVarint();
        if (length < 0 || length > end - at) {
            throw bad("a length of at most %d, found %s".formatted(end - at, Long.toUnsignedString(length)));
        }
        return (int) length;
    }

    private void require(int wanted, String what) {
        if (type != wanted) {
            throw bad("%s in field %d, found wire type %d".formatted(what, field, type));
        }
    }

    private void need(int count) {
        if (end - at < count) {
            throw bad("%d more bytes, found the end".formatted(count));
        }
    }

    private RuntimeException bad(String expected) {
        return place.in("byte %d".formatted(at)).expected(expected);
    }
}
