package dev.ringscope.trace.format;

import com.google.protobuf.ByteString;
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

/** Events of the emulator as messages of the schema. */
public final class EventEncoder {
    private static final int PAGE_FAULT = 14;

    private EventEncoder() {}

    /** @param before the position that position_delta counts from */
    public static dev.ringscope.proto.trace.v1.Event encode(Event event, long before) {
        var out = dev.ringscope.proto.trace.v1.Event.newBuilder().setPositionDelta(event.position() - before);
        switch (event) {
            case Event.RingChange e -> out.setRingChange(ringChange(e));
            case Event.Trap e -> out.setTrap(trap(e));
            case Event.TableUpdate e -> out.setTableUpdate(tableUpdate(e));
            case Event.TranslationFlush e ->
                out.setTranslationFlush(TranslationFlush.newBuilder()
                        .setInstruction(e.instruction())
                        .setAddress(e.address()));
            case Event.SystemRegisterWrite e ->
                out.setSystemRegisterWrite(SystemRegisterWrite.newBuilder()
                        .setRegister(e.register())
                        .setOldValue(e.oldValue())
                        .setNewValue(e.newValue())
                        .setPc(e.pc()));
            case Event.PortAccess e ->
                out.setPortAccess(PortAccess.newBuilder()
                        .setWrite(e.write())
                        .setPort(e.port())
                        .setSize(e.size())
                        .setValue(e.value()));
            case Event.DeviceAccess e ->
                out.setDeviceAccess(DeviceAccess.newBuilder()
                        .setWrite(e.write())
                        .setAddress(e.address())
                        .setSize(e.size())
                        .setValue(e.value()));
            case Event.Input e ->
                out.setInput(Input.newBuilder().setSource(e.source()).setData(ByteString.copyFrom(e.data())));
            case Event.Halt e ->
                out.setHalt(Halt.newBuilder().setFromTime(e.from()).setUntilTime(e.until()));
            case Event.End e -> out.setEnd(end(e));
        }
        return out.build();
    }

    static End end(Event.End e) {
        return End.newBuilder()
                .setReason(EventNames.STOPS.to(e.reason()))
                .setExplanation(e.explanation())
                .build();
    }

    private static RingChange ringChange(Event.RingChange e) {
        RingChange.Builder out = RingChange.newBuilder()
                .setFromRing(e.from())
                .setToRing(e.to())
                .setFromMode(EventNames.MODES.to(e.fromMode()))
                .setToMode(EventNames.MODES.to(e.toMode()))
                .setCause(EventNames.CAUSES.to(e.cause()))
                .setFromPc(e.fromPc())
                .setToPc(e.toPc())
                .setFromStack(e.fromStack())
                .setToStack(e.toStack())
                .setRetires(RingEffect.retires(e));
        if (e.vector() >= 0) {
            out.setVector(e.vector());
        }
        if (e.source() == -1) {
            return out.build();
        }
        if (usesMsr(e.cause())) {
            out.setX86Msr((int) e.source());
        } else {
            out.setX86Descriptor(e.source());
        }
        return out.setSourceValue(e.sourceValue()).build();
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

    private static Trap trap(Event.Trap e) {
        Trap.Builder out = Trap.newBuilder()
                .setCause(EventNames.CAUSES.to(e.cause()))
                .setVector(e.vector())
                .setPc(e.pc())
                .setX86Reason(EventNames.reason(e.reason()))
                .setReasonDetail(e.reasonDetail())
                .setX86Selector(e.selector());
        if (e.errorCode() != -1) {
            out.setErrorCode(e.errorCode());
        }
        if (e.vector() == PAGE_FAULT && e.cause() == Event.Cause.EXCEPTION) {
            out.setAddress(e.address());
        }
        return out.build();
    }

    private static TableUpdate tableUpdate(Event.TableUpdate e) {
        return TableUpdate.newBuilder()
                .setWriter(EventNames.WRITERS.to(e.writer()))
                .setLevel(e.level())
                .setEntry(e.entry())
                .setEntrySize(e.entrySize())
                .setOldValue(e.oldValue())
                .setNewValue(e.newValue())
                .setFirstAddress(e.first())
                .setSize(e.size())
                .setRoot(e.root())
                .setPc(e.pc())
                .build();
    }
}
