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
 * Events of the emulator as messages of the schema, written field by field: a guest that goes to its kernel every ten
 * instructions has as many events as blocks, and building each as an object first would take longer than executing
 * them.
 */
public final class EventEncoder {
    private static final int PAGE_FAULT = 14;

    private final WireOutput kind = new WireOutput(256);
    private final WireOutput message = new WireOutput(256);

    /** @param before the position that position_delta counts from */
    public static dev.ringscope.proto.trace.v1.Event encode(Event event, long before) {
        WireOutput bytes = new EventEncoder().message(event, before);
        try {
            return dev.ringscope.proto.trace.v1.Event.parser().parseFrom(bytes.array(), 0, bytes.size());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an event that is no message", e);
        }
    }

    public static End end(Event.End e) {
        return encode(e, e.position()).getEnd();
    }

    /** The message; valid until the next call. */
    WireOutput message(Event event, long before) {
        kind.clear();
        int field = switch (event) {
            case Event.RingChange e -> ringChange(e);
            case Event.Trap e -> trap(e);
            case Event.TableUpdate e -> tableUpdate(e);
            case Event.TranslationFlush e -> translationFlush(e);
            case Event.SystemRegisterWrite e -> systemRegisterWrite(e);
            case Event.PortAccess e -> portAccess(e);
            case Event.DeviceAccess e -> deviceAccess(e);
            case Event.Input e -> input(e);
            case Event.Halt e -> halt(e);
            case Event.End e -> ending(e);
        };
        message.clear();
        message.number(dev.ringscope.proto.trace.v1.Event.POSITION_DELTA_FIELD_NUMBER, event.position() - before);
        message.message(field, kind);
        return message;
    }

    private int ringChange(Event.RingChange e) {
        kind.number(RingChange.FROM_RING_FIELD_NUMBER, e.from());
        kind.number(RingChange.TO_RING_FIELD_NUMBER, e.to());
        kind.number(RingChange.FROM_MODE_FIELD_NUMBER, EventNames.MODES.number(e.fromMode()));
        kind.number(RingChange.TO_MODE_FIELD_NUMBER, EventNames.MODES.number(e.toMode()));
        kind.number(RingChange.CAUSE_FIELD_NUMBER, EventNames.CAUSES.number(e.cause()));
        if (e.vector() >= 0) {
            kind.presentNumber(RingChange.VECTOR_FIELD_NUMBER, e.vector());
        }
        if (e.source() != -1) {
            if (usesMsr(e.cause())) {
                kind.presentNumber(RingChange.X86_MSR_FIELD_NUMBER, e.source() & 0xffff_ffffL);
            } else {
                kind.presentFixed64(RingChange.X86_DESCRIPTOR_FIELD_NUMBER, e.source());
            }
            kind.fixed64(RingChange.SOURCE_VALUE_FIELD_NUMBER, e.sourceValue());
        }
        kind.fixed64(RingChange.FROM_PC_FIELD_NUMBER, e.fromPc());
        kind.fixed64(RingChange.TO_PC_FIELD_NUMBER, e.toPc());
        kind.fixed64(RingChange.FROM_STACK_FIELD_NUMBER, e.fromStack());
        kind.fixed64(RingChange.TO_STACK_FIELD_NUMBER, e.toStack());
        kind.flag(RingChange.RETIRES_FIELD_NUMBER, RingEffect.retires(e));
        return dev.ringscope.proto.trace.v1.Event.RING_CHANGE_FIELD_NUMBER;
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

    private int trap(Event.Trap e) {
        kind.number(Trap.CAUSE_FIELD_NUMBER, EventNames.CAUSES.number(e.cause()));
        kind.number(Trap.VECTOR_FIELD_NUMBER, e.vector());
        if (e.errorCode() != -1) {
            kind.presentNumber(Trap.ERROR_CODE_FIELD_NUMBER, e.errorCode() & 0xffff_ffffL);
        }
        if (e.vector() == PAGE_FAULT && e.cause() == Event.Cause.EXCEPTION) {
            kind.presentFixed64(Trap.ADDRESS_FIELD_NUMBER, e.address());
        }
        kind.fixed64(Trap.PC_FIELD_NUMBER, e.pc());
        kind.number(Trap.X86_REASON_FIELD_NUMBER, EventNames.reason(e.reason()).getNumber());
        kind.fixed64(Trap.REASON_DETAIL_FIELD_NUMBER, e.reasonDetail());
        kind.number(Trap.X86_SELECTOR_FIELD_NUMBER, e.selector());
        return dev.ringscope.proto.trace.v1.Event.TRAP_FIELD_NUMBER;
    }

    private int tableUpdate(Event.TableUpdate e) {
        kind.number(TableUpdate.WRITER_FIELD_NUMBER, EventNames.WRITERS.number(e.writer()));
        kind.number(TableUpdate.LEVEL_FIELD_NUMBER, e.level());
        kind.fixed64(TableUpdate.ENTRY_FIELD_NUMBER, e.entry());
        kind.number(TableUpdate.ENTRY_SIZE_FIELD_NUMBER, e.entrySize());
        kind.fixed64(TableUpdate.OLD_VALUE_FIELD_NUMBER, e.oldValue());
        kind.fixed64(TableUpdate.NEW_VALUE_FIELD_NUMBER, e.newValue());
        kind.fixed64(TableUpdate.FIRST_ADDRESS_FIELD_NUMBER, e.first());
        kind.number(TableUpdate.SIZE_FIELD_NUMBER, e.size());
        kind.fixed64(TableUpdate.ROOT_FIELD_NUMBER, e.root());
        kind.fixed64(TableUpdate.PC_FIELD_NUMBER, e.pc());
        return dev.ringscope.proto.trace.v1.Event.TABLE_UPDATE_FIELD_NUMBER;
    }

    private int translationFlush(Event.TranslationFlush e) {
        kind.text(TranslationFlush.INSTRUCTION_FIELD_NUMBER, e.instruction());
        kind.fixed64(TranslationFlush.ADDRESS_FIELD_NUMBER, e.address());
        return dev.ringscope.proto.trace.v1.Event.TRANSLATION_FLUSH_FIELD_NUMBER;
    }

    private int systemRegisterWrite(Event.SystemRegisterWrite e) {
        kind.text(SystemRegisterWrite.REGISTER_FIELD_NUMBER, e.register());
        kind.fixed64(SystemRegisterWrite.OLD_VALUE_FIELD_NUMBER, e.oldValue());
        kind.fixed64(SystemRegisterWrite.NEW_VALUE_FIELD_NUMBER, e.newValue());
        kind.fixed64(SystemRegisterWrite.PC_FIELD_NUMBER, e.pc());
        return dev.ringscope.proto.trace.v1.Event.SYSTEM_REGISTER_WRITE_FIELD_NUMBER;
    }

    private int portAccess(Event.PortAccess e) {
        kind.flag(PortAccess.WRITE_FIELD_NUMBER, e.write());
        kind.number(PortAccess.PORT_FIELD_NUMBER, e.port());
        kind.number(PortAccess.SIZE_FIELD_NUMBER, e.size());
        kind.number(PortAccess.VALUE_FIELD_NUMBER, e.value());
        return dev.ringscope.proto.trace.v1.Event.PORT_ACCESS_FIELD_NUMBER;
    }

    private int deviceAccess(Event.DeviceAccess e) {
        kind.flag(DeviceAccess.WRITE_FIELD_NUMBER, e.write());
        kind.fixed64(DeviceAccess.ADDRESS_FIELD_NUMBER, e.address());
        kind.number(DeviceAccess.SIZE_FIELD_NUMBER, e.size());
        kind.number(DeviceAccess.VALUE_FIELD_NUMBER, e.value());
        return dev.ringscope.proto.trace.v1.Event.DEVICE_ACCESS_FIELD_NUMBER;
    }

    private int input(Event.Input e) {
        kind.text(Input.SOURCE_FIELD_NUMBER, e.source());
        kind.string(Input.DATA_FIELD_NUMBER, e.data());
        return dev.ringscope.proto.trace.v1.Event.INPUT_FIELD_NUMBER;
    }

    private int halt(Event.Halt e) {
        kind.number(Halt.FROM_TIME_FIELD_NUMBER, e.from());
        kind.number(Halt.UNTIL_TIME_FIELD_NUMBER, e.until());
        return dev.ringscope.proto.trace.v1.Event.HALT_FIELD_NUMBER;
    }

    private int ending(Event.End e) {
        kind.number(End.REASON_FIELD_NUMBER, EventNames.STOPS.number(e.reason()));
        kind.text(End.EXPLANATION_FIELD_NUMBER, e.explanation());
        return dev.ringscope.proto.trace.v1.Event.END_FIELD_NUMBER;
    }
}
