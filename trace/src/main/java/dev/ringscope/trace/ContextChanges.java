package dev.ringscope.trace;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.format.ContextEffect;
import dev.ringscope.trace.format.EventDecoder;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * In which ring, mode and address space the instructions of a chunk ran: walks over its events, forwards, from position
 * to position. What the processor does on its own while it delivers an interrupt counts with the handler's first
 * instruction, which has the same position.
 */
final class ContextChanges {
    private final EventDecoder events;
    private final ContextEffect effects;
    /** Settled, and not taken yet. */
    private final Queue<ContextEffect.Change> settled = new ArrayDeque<>(2);

    private Context context;
    /** Read, and not in effect yet. */
    private Context next;

    private long effect;

    /** @param events those of a chunk */
    ContextChanges(EventDecoder events, Context start) {
        this.events = events;
        effects = new ContextEffect(start);
        context = start;
        next = start;
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
        while (settled.isEmpty()) {
            Event event = events.next();
            settled.addAll(event == null ? effects.finish() : effects.see(event));
            if (event == null && settled.isEmpty()) {
                effect = Long.MAX_VALUE;
                return;
            }
        }
        ContextEffect.Change change = settled.remove();
        next = change.to();
        effect = Math.max(effect, change.position());
    }
}
