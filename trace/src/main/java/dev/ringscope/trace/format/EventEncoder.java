package dev.ringscope.trace.format;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringscope.emulator.Event;
import dev.ringscope.proto.trace.v1.DeviceAccess;
import dev.ringscope.proto.trace.v1.End;
import dev.ringscope.proto.trace.v1.Halt;
import dev.ringscope.proto.trace.v1.Input;
import dev.ringscope.proto.trace.v1.PortAccess;
import dev.ringscope.proto.trace.v1.RingChange;
import dev.ringscope.proto.trace.v1.SystemRegisterWrite;
import dev.ringscope.proto.trace.v1.TableUpdate;
import dev.ringscope.proto.trace.v1.TranslationFlush;
import dev.ringscope.proto.trace.v1.Trap;

/**
 * Events of the emulator as messages of the schema, written field by field where they go: a guest that goes to its
 * kernel every ten instructions has as many events as blocks, and building each as an object first would take longer
 * than executing them.
 */
public final class EventEncoder {
    private static final int PAGE_FAULT = 14;

    private static final Event.Cause[] CAUSES = Event.Cause.values();
    private static final boolean[] USES_MSR = new boolean[CAUSES.length];

    static {
        for (Event.Cause cause : CAUSES) {
            USES_MSR[cause.ordinal()] = usesMsr(cause);
        }
    }

    private EventEncoder() {}

    /** @param before the position that position_delta counts from */
    public static dev.ringscope.proto.trace.v1.Event encode(Event event, long before) {
        EventRows row = new EventRows(1);
        row.add(event);
        WireOutput bytes = new WireOutput(256);
        delta(bytes, event.position() - before);
        content(bytes, row, 0, new int[EventRows.LARGE_FIELDS]);
        try {
            return dev.ringscope.proto.trace.v1.Event.parser().parseFrom(bytes.array(), 0, bytes.size());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an event that is no message", e);
        }
    }

    public static End end(Event.End e) {
        return encode(e, e.position()).getEnd();
    }

    /** Writes a row as a field of type Event. @param delta its position_delta, whatever the row's position */
    static void field(int number, WireOutput out, EventRows rows, int row, long delta) {
        int start = out.open(number);
        delta(out, delta);
        content(out, rows, row, new int[EventRows.LARGE_FIELDS]);
        out.close(start);
    }

    /** What an event begins with. */
    static void delta(WireOutput out, long delta) {
        out.number(dev.ringscope.proto.trace.v1.Event.POSITION_DELTA_FIELD_NUMBER, delta);
    }

    /**
     * What follows, which does not depend on the position.
     *
     * @param places gets for large fields where in the output their eight bytes lie, if these are less than 128: the
     *     bytes of a row that differs only in such fields, and in none of them by being 0 or not, differ only there.
     *     For fields that are not like that it is left as it is
     */
    static void content(WireOutput out, EventRows rows, int row, int[] places) {
        switch (rows.sort(row)) {
            case EventRows.RING_CHANGE -> ringChange(out, rows, row, places);
            case EventRows.TRAP -> trap(out, rows, row, places);
            case EventRows.TABLE_UPDATE -> tableUpdate(out, rows, row, places);
            case EventRows.TRANSLATION_FLUSH -> translationFlush(out, rows, row, places);
            case EventRows.SYSTEM_REGISTER_WRITE -> systemRegisterWrite(out, rows, row, places);
            default -> other(out, rows.other(row));
        }
    }

    /** A large field as it is; nothing if it is 0. */
    private static void fixed64(int number, WireOutput out, EventRows rows, int row, int field, int[] places) {
        long value = rows.large(row, field);
        if (value != 0) {
            out.presentFixed64(number, value);
            places[field] = out.size() - Long.BYTES;
        }
    }

    private static void other(WireOutput out, Event event) {
        switch (event) {
            case Event.PortAccess e -> portAccess(out, e);
            case Event.DeviceAccess e -> deviceAccess(out, e);
            case Event.Input e -> input(out, e);
            case Event.Halt e -> halt(out, e);
            case Event.End e -> ending(out, e);
            case Event.RingChange _,
                    Event.Trap _,
                    Event.TableUpdate _,
                    Event.TranslationFlush _,
                    Event.SystemRegisterWrite _ ->
                throw new IllegalArgumentException("an event that has rows of its own: " + event);
        }
    }

    private static void ringChange(WireOutput out, EventRows rows, int row, int[] places) {
        int start = out.open(dev.ringscope.proto.trace.v1.Event.RING_CHANGE_FIELD_NUMBER);
        out.number(RingChange.FROM_RING_FIELD_NUMBER, rows.ringFrom(row));
        out.number(RingChange.TO_RING_FIELD_NUMBER, rows.ringTo(row));
        out.number(RingChange.FROM_MODE_FIELD_NUMBER, EventNames.MODES.number(rows.modeFrom(row)));
        out.number(RingChange.TO_MODE_FIELD_NUMBER, EventNames.MODES.number(rows.modeTo(row)));
        int cause = rows.ringCause(row);
        out.number(RingChange.CAUSE_FIELD_NUMBER, EventNames.CAUSES.number(cause));
        int vector = rows.ringVector(row);
        if (vector >= 0) {
            out.presentNumber(RingChange.VECTOR_FIELD_NUMBER, vector);
        }
        long source = rows.large(row, 0);
        if (source != -1) {
            if (USES_MSR[cause]) {
                out.presentNumber(RingChange.X86_MSR_FIELD_NUMBER, source & 0xffff_ffffL);
            } else {
                // no place of its own: there are descriptors only where it is not -1
                out.presentFixed64(RingChange.X86_DESCRIPTOR_FIELD_NUMBER, source);
            }
            fixed64(RingChange.SOURCE_VALUE_FIELD_NUMBER, out, rows, row, 1, places);
        }
        fixed64(RingChange.FROM_PC_FIELD_NUMBER, out, rows, row, 2, places);
        fixed64(RingChange.TO_PC_FIELD_NUMBER, out, rows, row, 3, places);
        fixed64(RingChange.FROM_STACK_FIELD_NUMBER, out, rows, row, 4, places);
        fixed64(RingChange.TO_STACK_FIELD_NUMBER, out, rows, row, 5, places);
        out.flag(RingChange.RETIRES_FIELD_NUMBER, RingEffect.retires(CAUSES[cause], vector));
        out.close(start);
    }

    private static boolean usesMsr(Event.Cause cause) {
        return switch (cause) {
            case SYSCALL, SYSRET, SYSENTER, SYSEXIT -> true;
            case RESET,
                    EXCEPTION,
                    EXTERNAL_INTERRUPT,
                    NMI,
                    SOFTWARE_INTERRUPT,
                    CALL_GATE,
                    FAR_JUMP,
                    FAR_CALL,
                    FAR_RETURN,
                    INTERRUPT_RETURN,
                    TASK_SWITCH,
                    CONTROL_REGISTER,
                    DEBUGGER -> false;
        };
    }

    private static void trap(WireOutput out, EventRows rows, int row, int[] places) {
        int start = out.open(dev.ringscope.proto.trace.v1.Event.TRAP_FIELD_NUMBER);
        int cause = rows.trapCause(row);
        int vector = rows.trapVector(row);
        out.number(Trap.CAUSE_FIELD_NUMBER, EventNames.CAUSES.number(cause));
        out.number(Trap.VECTOR_FIELD_NUMBER, vector);
        long errorCode = rows.large(row, 0);
        if (errorCode != -1) {
            out.presentNumber(Trap.ERROR_CODE_FIELD_NUMBER, errorCode & 0xffff_ffffL);
        }
        if (vector == PAGE_FAULT && cause == Event.Cause.EXCEPTION.ordinal()) {
            out.presentFixed64(Trap.ADDRESS_FIELD_NUMBER, rows.large(row, 1));
            places[1] = out.size() - Long.BYTES;
        }
        fixed64(Trap.PC_FIELD_NUMBER, out, rows, row, 2, places);
        out.number(Trap.X86_REASON_FIELD_NUMBER, EventNames.reason(rows.text(row)));
        fixed64(Trap.REASON_DETAIL_FIELD_NUMBER, out, rows, row, 3, places);
        out.number(Trap.X86_SELECTOR_FIELD_NUMBER, rows.trapSelector(row));
        out.close(start);
    }

    private static void tableUpdate(WireOutput out, EventRows rows, int row, int[] places) {
        int start = out.open(dev.ringscope.proto.trace.v1.Event.TABLE_UPDATE_FIELD_NUMBER);
        out.number(TableUpdate.WRITER_FIELD_NUMBER, EventNames.WRITERS.number(rows.writer(row)));
        out.number(TableUpdate.LEVEL_FIELD_NUMBER, rows.level(row));
        fixed64(TableUpdate.ENTRY_FIELD_NUMBER, out, rows, row, 0, places);
        out.number(TableUpdate.ENTRY_SIZE_FIELD_NUMBER, rows.entrySize(row));
        fixed64(TableUpdate.OLD_VALUE_FIELD_NUMBER, out, rows, row, 1, places);
        fixed64(TableUpdate.NEW_VALUE_FIELD_NUMBER, out, rows, row, 2, places);
        fixed64(TableUpdate.FIRST_ADDRESS_FIELD_NUMBER, out, rows, row, 3, places);
        out.number(TableUpdate.SIZE_FIELD_NUMBER, rows.large(row, 4));
        fixed64(TableUpdate.ROOT_FIELD_NUMBER, out, rows, row, 5, places);
        fixed64(TableUpdate.PC_FIELD_NUMBER, out, rows, row, 6, places);
        out.close(start);
    }

    private static void translationFlush(WireOutput out, EventRows rows, int row, int[] places) {
        int start = out.open(dev.ringscope.proto.trace.v1.Event.TRANSLATION_FLUSH_FIELD_NUMBER);
        out.text(TranslationFlush.INSTRUCTION_FIELD_NUMBER, rows.text(row));
        fixed64(TranslationFlush.ADDRESS_FIELD_NUMBER, out, rows, row, 0, places);
        out.close(start);
    }

    private static void systemRegisterWrite(WireOutput out, EventRows rows, int row, int[] places) {
        int start = out.open(dev.ringscope.proto.trace.v1.Event.SYSTEM_REGISTER_WRITE_FIELD_NUMBER);
        out.text(SystemRegisterWrite.REGISTER_FIELD_NUMBER, rows.text(row));
        fixed64(SystemRegisterWrite.OLD_VALUE_FIELD_NUMBER, out, rows, row, 0, places);
        fixed64(SystemRegisterWrite.NEW_VALUE_FIELD_NUMBER, out, rows, row, 1, places);
        fixed64(SystemRegisterWrite.PC_FIELD_NUMBER, out, rows, row, 2, places);
        out.close(start);
    }

    private static void portAccess(WireOutput out, Event.PortAccess e) {
        int start = out.open(dev.ringscope.proto.trace.v1.Event.PORT_ACCESS_FIELD_NUMBER);
        out.flag(PortAccess.WRITE_FIELD_NUMBER, e.write());
        out.number(PortAccess.PORT_FIELD_NUMBER, e.port());
        out.number(PortAccess.SIZE_FIELD_NUMBER, e.size());
        out.number(PortAccess.VALUE_FIELD_NUMBER, e.value());
        out.close(start);
    }

    private static void deviceAccess(WireOutput out, Event.DeviceAccess e) {
        int start = out.open(dev.ringscope.proto.trace.v1.Event.DEVICE_ACCESS_FIELD_NUMBER);
        out.flag(DeviceAccess.WRITE_FIELD_NUMBER, e.write());
        out.fixed64(DeviceAccess.ADDRESS_FIELD_NUMBER, e.address());
        out.number(DeviceAccess.SIZE_FIELD_NUMBER, e.size());
        out.number(DeviceAccess.VALUE_FIELD_NUMBER, e.value());
        out.close(start);
    }

    private static void input(WireOutput out, Event.Input e) {
        int start = out.open(dev.ringscope.proto.trace.v1.Event.INPUT_FIELD_NUMBER);
        out.text(Input.SOURCE_FIELD_NUMBER, e.source());
        out.string(Input.DATA_FIELD_NUMBER, e.data());
        out.close(start);
    }

    private static void halt(WireOutput out, Event.Halt e) {
        int start = out.open(dev.ringscope.proto.trace.v1.Event.HALT_FIELD_NUMBER);
        out.number(Halt.FROM_TIME_FIELD_NUMBER, e.from());
        out.number(Halt.UNTIL_TIME_FIELD_NUMBER, e.until());
        out.close(start);
    }

    private static void ending(WireOutput out, Event.End e) {
        int start = out.open(dev.ringscope.proto.trace.v1.Event.END_FIELD_NUMBER);
        out.number(End.REASON_FIELD_NUMBER, EventNames.STOPS.number(e.reason()));
        out.text(End.EXPLANATION_FIELD_NUMBER, e.explanation());
        out.close(start);
    }
}
