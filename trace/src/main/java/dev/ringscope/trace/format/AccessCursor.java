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
        place.verify(
                delta >= 0 && delta <= endPosition - position,
                "an access up to position %d".formatted(endPosition),
                delta);
        position += delta;
        int direction = write ? 1 : 0;
        int slot = slots.slot(position);
        address =
                predictor.address(slot, direction, position) + columns[Accesses.ADDRESS_ERROR_FIELD_NUMBER].rawZigzag();
        predictor.seeAddress(slot, direction, position, address, size);
        readValue((kind & AccessColumns.PREDICTED) != 0);
        return true;
    }

    private void readValue(boolean predicted) {
        int entry = AccessPredictor.entry(address);
        if (predicted) {
            place.verify(predictor.knows(entry, address, size), "a predictable value of size", size);
            value = predictor.value(entry);
            return;
        }
        value = switch (size) {
            case 1 -> columns[Accesses.VALUES1_FIELD_NUMBER].rawByte();
            case 2 -> columns[Accesses.VALUES2_FIELD_NUMBER].rawFixed16();
            case 4 -> columns[Accesses.VALUES4_FIELD_NUMBER].rawFixed32() & 0xffff_ffffL;
            default -> columns[Accesses.VALUES8_FIELD_NUMBER].rawFixed64();
        };
        predictor.seeValue(entry, address, size, value);
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
