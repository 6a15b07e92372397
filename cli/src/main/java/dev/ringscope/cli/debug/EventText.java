package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.x86.Reason;
import java.util.Locale;

/** An event as {@code monitor} prints it: its position, then what happened, in one line without an end. */
public final class EventText {
    private static final int PAGE_FAULT = 14;

    private EventText() {}

    /** Where it happened, and what. */
    public static String line(Event event) {
        return "%13d  %s".formatted(event.position(), what(event));
    }

    /** What happened. */
    public static String what(Event event) {
        return switch (event) {
            case Event.RingChange e ->
                "ring %d -> %d  %-18s 0x%x -> 0x%x".formatted(e.from(), e.to(), lower(e.cause()), e.fromPc(), e.toPc());
            case Event.Trap e -> trap(e);
            case Event.TableUpdate e ->
                "page table  level %d entry at 0x%x: 0x%x -> 0x%x, translates 0x%x, by %s at 0x%x"
                        .formatted(
                                e.level(), e.entry(), e.oldValue(), e.newValue(), e.first(), lower(e.writer()), e.pc());
            case Event.TranslationFlush e -> "flush  %s 0x%x".formatted(e.instruction(), e.address());
            case Event.SystemRegisterWrite e ->
                "%s  0x%x -> 0x%x at 0x%x".formatted(e.register(), e.oldValue(), e.newValue(), e.pc());
            case Event.PortAccess e ->
                "port 0x%x  %s %d bytes: 0x%x".formatted(e.port(), e.write() ? "out" : "in", e.size(), e.value());
            case Event.DeviceAccess e ->
                "device at 0x%x  %s %d bytes: 0x%x"
                        .formatted(e.address(), e.write() ? "write" : "read", e.size(), e.value());
            case Event.Input e -> "input  %s, %d bytes".formatted(e.source(), e.data().length);
            case Event.Halt e -> "halt  for %d ns".formatted(e.until() - e.from());
            case Event.End e ->
                "end  %s %s".formatted(lower(e.reason()), e.explanation()).stripTrailing();
        };
    }

    private static String trap(Event.Trap e) {
        String error = e.errorCode() < 0 ? "" : ", error code 0x%x".formatted(e.errorCode());
        String address = isPageFault(e) ? ", address 0x%x".formatted(e.address()) : "";
        String reason =
                e.reason().isEmpty() ? "" : ": " + Reason.valueOf(e.reason()).text();
        return "vector 0x%02x  %-18s at %04x:%x%s%s%s"
                .formatted(e.vector(), lower(e.cause()), e.selector(), e.pc(), error, address, reason);
    }

    public static boolean isPageFault(Event.Trap e) {
        return e.cause() == Event.Cause.EXCEPTION && e.vector() == PAGE_FAULT;
    }

    /** {@code FAR_CALL} is {@code far call}. */
    public static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
