package dev.ringscope.trace.format;

import dev.ringscope.proto.trace.v1.RegisterWrites;
import java.util.Arrays;

/** Walks over the register writes of a chunk, one at a time. */
public final class RegisterCursor {
    private final Place place;
    private final WireInput[] columns = new WireInput[RegisterWrites.VALUE_DELTA_FIELD_NUMBER + 1];
    private final long[] last;
    private final long endPosition;
    private long position;
    private int part;

    RegisterCursor(WireInput message, int registers, long firstPosition, long endPosition) {
        place = message.place();
        position = firstPosition;
        this.endPosition = endPosition;
        last = new long[8 * registers];
        Arrays.fill(columns, new WireInput(place, new byte[0]));
        while (message.next()) {
            if (message.field() < columns.length) {
                columns[message.field()] = message.message();
            } else {
                message.skip();
            }
        }
    }

    /** Goes to the next write; false behind the last one. */
    public boolean next() {
        if (columns[RegisterWrites.PART_FIELD_NUMBER].remaining() == 0) {
            for (WireInput column : columns) {
                column.finish("a column of register writes");
            }
            return false;
        }
        long number = columns[RegisterWrites.PART_FIELD_NUMBER].rawVarint();
        place.verify(
                number >= 0 && number < last.length, "a part of a register below %d".formatted(last.length), number);
        part = (int) number;
        long delta = columns[RegisterWrites.POSITION_DELTA_FIELD_NUMBER].rawVarint();
        place.verify(
                delta >= 0 && delta <= endPosition - position,
                "a write up to position %d".formatted(endPosition),
                delta);
        position += delta;
        last[part] += columns[RegisterWrites.VALUE_DELTA_FIELD_NUMBER].rawZigzag();
        return true;
    }

    /** Position of the instruction that wrote it. */
    public long position() {
        return position;
    }

    /** Place of the register in the header's list. */
    public int register() {
        return part >> 3;
    }

    /** Which 64-bit word of the register, from the low end. */
    public int word() {
        return part & 7;
    }

    public long value() {
        return last[part];
    }
}
