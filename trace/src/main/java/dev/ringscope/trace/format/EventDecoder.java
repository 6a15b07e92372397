package dev.ringscope.trace.format;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringscope.emulator.Event;
import dev.ringscope.proto.trace.v1.RingChange;
import dev.ringscope.proto.trace.v1.TableUpdate;
import dev.ringscope.proto.trace.v1.Trap;

/**
 * Walks over the events of a chunk, one at a time. Events of a sort that this version does not know are passed over.
 */
public final class EventDecoder {
    private static final int EVENT = 1;

    private final WireInput message;
    private final Place place;
    private final long endPosition;
    private long position;

    EventDecoder(WireInput message, long firstPosition, long endPosition) {
        this.message = message;
        place = message.place();
        position = firstPosition;
        this.endPosition = endPosition;
    }

    /** The next event, null behind the last one. */
    public Event next() {
        while (message.next()) {
            if (message.field() != EVENT) {
                message.skip();
                continue;
            }
            Event event = decode(message.message());
            if (event != null) {
                return event;
            }
        }
        return null;
    }

    private Event decode(WireInput in) {
        dev.ringscope.proto.trace.v1.Event e;
        try {
            e = dev.ringscope.proto.trace.v1.Event.parser().parseFrom(in.array(), in.position(), in.remaining());
        } catch (InvalidProtocolBufferException x) {
            throw place.expected("an event, found: " + x.getMessage());
        }
        long delta = e.getPositionDelta();
        place.verify(
                delta >= 0 && delta <= endPosition - position,
                "an event up to position %d".formatted(endPosition),
                delta);
        position += delta;
        return decode(place, e, position);
    }

    /** Null for a sort that this version does not know. */
    public static Event decode(Place place, dev.ringscope.proto.trace.v1.Event e, long position) {
        return switch (e.getKindCase()) {
            case RING_CHANGE -> ringChange(place, position, e.getRingChange());
            case TRAP -> trap(place, position, e.getTrap());
            case TABLE_UPDATE -> tableUpdate(place, position, e.getTableUpdate());
            case TRANSLATION_FLUSH ->
                new Event.TranslationFlush(
                        position,
                        e.getTranslationFlush().getInstruction(),
                        e.getTranslationFlush().getAddress());
            case SYSTEM_REGISTER_WRITE -> {
                var w = e.getSystemRegisterWrite();
                yield new Event.SystemRegisterWrite(
                        position, w.getRegister(), w.getOldValue(), w.getNewValue(), w.getPc());
            }
            case PORT_ACCESS -> {
                var a = e.getPortAccess();
                yield new Event.PortAccess(position, a.getWrite(), a.getPort(), a.getSize(), a.getValue());
            }
            case DEVICE_ACCESS -> {
                var a = e.getDeviceAccess();
                yield new Event.DeviceAccess(position, a.getWrite(), a.getAddress(), a.getSize(), a.getValue());
            }
            case INPUT ->
                new Event.Input(
                        position,
                        e.getInput().getSource(),
                        e.getInput().getData().toByteArray());
            case HALT -> {
                var h = e.getHalt();
                place.verify(
                        h.getUntilTime() >= h.getFromTime(),
                        "a halt that does not end before it begins",
                        h.getUntilTime());
                yield new Event.Halt(position, h.getFromTime(), h.getUntilTime());
            }
            case END ->
                new Event.End(
                        position,
                        EventNames.STOPS.from(place, e.getEnd().getReason(), "a stop reason"),
                        e.getEnd().getExplanation());
            case KIND_NOT_SET -> null;
        };
    }

    private static Event ringChange(Place place, long position, RingChange e) {
        long source = switch (e.getSourceCase()) {
            case X86_DESCRIPTOR -> e.getX86Descriptor();
            case X86_MSR -> e.getX86Msr() & 0xffff_ffffL;
            case SOURCE_NOT_SET -> -1;
        };
        return new Event.RingChange(
                position,
                e.getFromRing(),
                e.getToRing(),
                EventNames.MODES.from(place, e.getFromMode(), "a mode"),
                EventNames.MODES.from(place, e.getToMode(), "a mode"),
                EventNames.CAUSES.from(place, e.getCause(), "a cause"),
                e.hasVector() ? e.getVector() : -1,
                source,
                e.getSourceValue(),
                e.getFromPc(),
                e.getToPc(),
                e.getFromStack(),
                e.getToStack());
    }

    private static Event trap(Place place, long position, Trap e) {
        return new Event.Trap(
                position,
                EventNames.CAUSES.from(place, e.getCause(), "a cause"),
                e.getVector(),
                e.hasErrorCode() ? e.getErrorCode() : -1,
                e.getAddress(),
                e.getX86Selector(),
                e.getPc(),
                EventNames.reason(place, e.getX86Reason()),
                e.getReasonDetail());
    }

    private static Event tableUpdate(Place place, long position, TableUpdate e) {
        return new Event.TableUpdate(
                position,
                EventNames.WRITERS.from(place, e.getWriter(), "a writer"),
                e.getLevel(),
                e.getEntry(),
                e.getEntrySize(),
                e.getOldValue(),
                e.getNewValue(),
                e.getFirstAddress(),
                e.getSize(),
                e.getRoot(),
                e.getPc());
    }
}
