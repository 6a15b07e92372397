package dev.ringscope.trace.format;

import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.proto.trace.v1.Cause;
import dev.ringscope.proto.trace.v1.Mode;
import dev.ringscope.proto.trace.v1.TableWriter;
import dev.ringscope.proto.trace.v1.X86Reason;
import java.util.HashMap;
import java.util.Map;

/** How the emulator's enums are called in the schema. */
final class EventNames {
    static final EnumTable<dev.ringscope.emulator.Event.Cause, Cause> CAUSES =
            new EnumTable<>(dev.ringscope.emulator.Event.Cause.class, Cause.class, "CAUSE_", "CAUSE_X86_");
    static final EnumTable<dev.ringscope.emulator.Event.Mode, Mode> MODES =
            new EnumTable<>(dev.ringscope.emulator.Event.Mode.class, Mode.class, "MODE_X86_");
    static final EnumTable<dev.ringscope.emulator.Event.TableWriter, TableWriter> WRITERS =
            new EnumTable<>(dev.ringscope.emulator.Event.TableWriter.class, TableWriter.class, "TABLE_WRITER_");
    static final EnumTable<StopReason, dev.ringscope.proto.trace.v1.StopReason> STOPS =
            new EnumTable<>(StopReason.class, dev.ringscope.proto.trace.v1.StopReason.class, "STOP_REASON_");

    private static final String REASON = "X86_REASON_";

    private EventNames() {}

    private static final Map<String, Integer> REASONS = reasons();

    private static Map<String, Integer> reasons() {
        Map<String, Integer> numbers = new HashMap<>();
        for (Reason reason : Reason.values()) {
            X86Reason same = reason == Reason.NONE
                    ? X86Reason.X86_REASON_UNSPECIFIED
                    : X86Reason.valueOf(REASON + reason.name());
            numbers.put(reason.name(), same.getNumber());
        }
        numbers.put("", X86Reason.X86_REASON_UNSPECIFIED.getNumber());
        return numbers;
    }

    /** The schema's number of a reason. @param name of a constant of {@link Reason}, or "" */
    static int reason(String name) {
        Integer number = REASONS.get(name);
        if (number == null) {
            throw new IllegalArgumentException("no reason is called " + name);
        }
        return number;
    }

    static String reason(Place place, X86Reason reason) {
        return switch (reason) {
            case X86_REASON_UNSPECIFIED -> "";
            case UNRECOGNIZED -> throw place.expected("a reason that this version knows");
            default -> reason.name().substring(REASON.length());
        };
    }
}
