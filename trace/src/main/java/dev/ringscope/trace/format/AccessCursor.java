package dev.ringscope.trace.format;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.proto.trace.v1.Accesses;
import java.util.Arrays;

/** Walks over the data accesses of a chunk, one at a time, without holding them. */
public final class AccessCursor {
    private final Place place;
    private final AccessPredictor predictor;
    private final SlotCursor slots;
    private final WireInput[] columns = new WireInput[Accesses.VALUES8_FIELD_NUMBER + 1];
    private final long endPosition;
    /** Of the last load and the last store: position, and the address behind it. */
    private final long[] lastPosition = {-1, -1};

    private final long[] behind = new long[2];
    private long position;
    private long address;
    private long value;
    private int size;
    private boolean write;

    AccessCursor(WireInput message, BlockGroup group, int[] flow, long firstPosition, long endPosition) {
        place = message.place();
        this.endPosition = endPosition;
        predictor = new AccessPredictor(group.slotCount());
        slots = new SlotCursor(group, flow, flow.length, firstPosition);
        position = firstPosition;
        Arrays.fill(columns, new WireInput(place, new byte[0]));
        while (message.next()) {
            if (message.field() < columns.length) {
                columns[message.field()] = message.message();
            } else {
                message.skip();
            }
        }
    }

    /** Goes to the next access; false behind the last one. */
    public boolean next() {
        WireInput kinds = columns[Accesses.KIND_FIELD_NUMBER];
        if (kinds.remaining() == 0) {
            for (WireInput column : columns) {
                column.finish("a column of accesses");
            }
            return false;
        }
        int kind = kinds.rawByte();
        size = kind & AccessColumns.SIZE_MASK;
        write = (kind & AccessLog.WRITE) != 0;
        boolean known = (size == 1 || size == 2 || size == 4 || size == 8)
                && (kind & ~(AccessColumns.SIZE_MASK | AccessLog.WRITE | AccessColumns.PREDICTED)) == 0;
        place.verify(known, "a kind of access", kind);
        long delta = columns[Accesses.POSITION_DELTA_FIELD_NUMBER].rawVarint();
        if (delta < 0 || delta > endPosition - position) {
            throw place.expected("an access up to position %d, found one %d further on than %d"
                    .formatted(endPosition, delta, position));
        }
        position += delta;
        readAddress(kind & AccessLog.WRITE);
        readValue((kind & AccessColumns.PREDICTED) != 0);
        return true;
    }

    /** An access of an instruction that has made one of the same direction goes on behind that. */
    private void readAddress(int direction) {
        int d = direction / AccessLog.WRITE;
        long error = columns[Accesses.ADDRESS_ERROR_FIELD_NUMBER].rawZigzag();
        if (position == lastPosition[d]) {
            address = behind[d] + error;
        } else {
            int slot = slots.slot(position);
            address = predictor.address(slot, write) + error;
            predictor.error(slot, direction, address);
        }
        lastPosition[d] = position;
        behind[d] = address + size;
    }

    private void readValue(boolean predicted) {
        if (predicted) {
            place.verify(predictor.knows(address, size), "a predictable value of size", size);
            value = predictor.value(address);
            return;
        }
        value = switch (size) {
            case 1 -> columns[Accesses.VALUES1_FIELD_NUMBER].rawByte();
            case 2 -> columns[Accesses.VALUES2_FIELD_NUMBER].rawFixed16();
            case 4 -> columns[Accesses.VALUES4_FIELD_NUMBER].rawFixed32() & 0xffff_ffffL;
            default -> columns[Accesses.VALUES8_FIELD_NUMBER].rawFixed64();
        };
        predictor.miss(address, size, value);
    }

    /** The instruction that was being executed. */
    public long position() {
        return position;
    }

    /** Linear address of its first byte. */
    public long address() {
        return address;
    }

    /** Zero-extended, as read or as written. */
    public long value() {
        return value;
    }

    /** Bytes: 1, 2, 4 or 8. */
    public int size() {
        return size;
    }

    public boolean write() {
        return write;
    }
}
