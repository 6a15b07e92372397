package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.format.ContextEffect;
import java.io.IOException;

/** Which events of a chunk a filter wants: told all of them, in order. */
final class EventFilter {
    private static final int PAGE_FAULT = 14;
    private static final int SELECTOR_SHIFT = 4;

    private final Chunks.Part part;
    private final Filter filter;
    private Context context;
    private InstructionCursor cursor;

    EventFilter(Chunks.Part part, Context start, Filter filter) {
        this.part = part;
        this.filter = filter;
        context = start;
    }

    boolean holds(Event event) throws IOException {
        boolean right = filter.range().holds(event.position())
                && filter.ring(context.ring())
                && filter.root(context.translationRoot())
                && (filter.vectors().isEmpty() || vector(event))
                && (filter.addresses().isEmpty() || addresses(event))
                && (filter.code().isEmpty() || filter.code(code(event)));
        context = ContextEffect.after(context, event);
        return right;
    }

    private boolean vector(Event event) {
        return switch (event) {
            case Event.Trap e -> filter.vector(e.vector());
            case Event.RingChange e -> e.vector() >= 0 && filter.vector(e.vector());
            default -> false;
        };
    }

    private boolean addresses(Event event) {
        return switch (event) {
            case Event.Trap e -> e.vector() == PAGE_FAULT && filter.addresses(e.address(), 1);
            case Event.TableUpdate e -> filter.addresses(e.first(), e.size());
            case Event.TranslationFlush e -> filter.addresses(e.address(), 1);
            case Event.DeviceAccess e -> filter.addresses(e.address(), e.size());
            case Event.PortAccess _,
                    Event.RingChange _,
                    Event.SystemRegisterWrite _,
                    Event.Input _,
                    Event.Halt _,
                    Event.End _ -> false;
        };
    }

    /** Linear address of the instruction that caused it, or that was to be executed when it happened. */
    private long code(Event event) throws IOException {
        return switch (event) {
            case Event.RingChange e -> e.fromPc();
            case Event.TableUpdate e -> e.pc();
            case Event.SystemRegisterWrite e -> e.pc();
            case Event.Trap e ->
                switch (context.mode()) {
                    case REAL, V86 -> ((long) e.selector() << SELECTOR_SHIFT) + e.pc();
                    case PROTECTED16, PROTECTED32, COMPATIBILITY16, COMPATIBILITY32, LONG64 -> e.pc();
                };
            case Event.TranslationFlush _,
                    Event.PortAccess _,
                    Event.DeviceAccess _,
                    Event.Input _,
                    Event.Halt _,
                    Event.End _ -> instruction(event.position());
        };
    }

    private long instruction(long position) throws IOException {
        if (cursor == null) {
            cursor = part.instructions(position);
        }
        return cursor.advance(position) ? cursor.address() : -1;
    }
}
