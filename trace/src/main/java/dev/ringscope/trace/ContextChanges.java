package dev.ringscope.trace;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.format.EventDecoder;
import dev.ringscope.trace.format.RingEffect;

/**
 * In which ring, mode and address space the instructions of a chunk ran: walks over its events, forwards, from position
 * to position. What the processor does on its own while it delivers an interrupt counts with the handler's first
 * instruction, which has the same position.
 */
final class ContextChanges {
    private static final String ROOT_REGISTER = "cr3";

    private final EventDecoder events;
    private Context context;
    /** Read, and not in effect yet. */
    private Context next;

    private long effect;
    private Event ahead;
    private Event before;

    /** @param events those of a chunk */
    ContextChanges(EventDecoder events, Context start) {
        this.events = events;
        context = start;
        next = start;
        ahead = events.next();
        read();
    }

    /** The context of the instruction at a position, which is not before the one asked last. */
    Context at(long position) {
        while (effect <= position) {
            context = next;
            read();
        }
        return context;
    }

    private void read() {
        while (ahead != null) {
            Event event = ahead;
            ahead = events.next();
            switch (event) {
                case Event.RingChange e -> {
                    change(new Context(e.to(), e.toMode(), next.translationRoot()), RingEffect.position(e));
                    before = event;
                    return;
                }
                case Event.SystemRegisterWrite e
                when e.register().equals(ROOT_REGISTER) -> {
                    change(new Context(next.ring(), next.mode(), e.newValue()), rootEffect(e));
                    before = event;
                    return;
                }
                default -> before = event;
            }
        }
        effect = Long.MAX_VALUE;
    }

    /**
     * A MOV holds for the instruction behind it, a switch of tasks like its change of the ring, a debugger's write at
     * once.
     */
    private long rootEffect(Event.SystemRegisterWrite write) {
        long position = write.position();
        if (ahead instanceof Event.RingChange change
                && change.cause() == Event.Cause.TASK_SWITCH
                && change.position() == position) {
            return RingEffect.position(change);
        }
        boolean debugger = before instanceof Event.Input input
                && input.position() == position
                && input.source().equals("debugger");
        return debugger ? position : position + 1;
    }

    private void change(Context to, long position) {
        next = to;
        effect = Math.max(effect, position);
    }
}
