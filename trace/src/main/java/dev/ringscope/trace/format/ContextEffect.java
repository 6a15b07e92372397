package dev.ringscope.trace.format;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import java.util.List;

/**
 * What events change of the context (ring, mode, address space), and from which instruction on: told the events in
 * order, tells the changes in order.
 */
public final class ContextEffect {
    private static final String ROOT_REGISTER = "cr3";

    /**
     * A context, and from where on it holds.
     *
     * @param position of the first instruction in it; a debugger's change can come before the one told last
     * @param cause the ring change, or the write of the translation root
     */
    public record Change(Context to, long position, Event cause) {}

    private Context context;
    private Event before;
    /** A write of the root, whose effect the next event may tell. */
    private Event.SystemRegisterWrite write;

    private boolean byDebugger;

    /** @param start the context before the first event told */
    public ContextEffect(Context start) {
        context = start;
    }

    /** The context once an event has taken effect; the same object when it changes nothing of it. */
    public static Context after(Context context, Event event) {
        return switch (event) {
            case Event.RingChange e -> new Context(e.to(), e.toMode(), context.translationRoot());
            case Event.SystemRegisterWrite e
            when writesRoot(e) -> new Context(context.ring(), context.mode(), e.newValue());
            case Event.SystemRegisterWrite _,
                    Event.Trap _,
                    Event.TableUpdate _,
                    Event.TranslationFlush _,
                    Event.PortAccess _,
                    Event.DeviceAccess _,
                    Event.Input _,
                    Event.Halt _,
                    Event.End _ -> context;
        };
    }

    private static boolean writesRoot(Event.SystemRegisterWrite write) {
        return namesRoot(write.register());
    }

    /** Whether a register is the one that names the translation tables. */
    static boolean namesRoot(String register) {
        return register.equals(ROOT_REGISTER);
    }

    /** The changes that this event settles: of the one before it, and its own. */
    public List<Change> see(Event event) {
        Change settled = settle(event);
        Change own = null;
        if (event instanceof Event.RingChange e) {
            context = after(context, e);
            own = new Change(context, RingEffect.position(e), e);
        } else if (event instanceof Event.SystemRegisterWrite e && writesRoot(e)) {
            write = e;
            byDebugger = before instanceof Event.Input input
                    && input.position() == e.position()
                    && input.source().equals("debugger");
        }
        before = event;
        if (settled == null) {
            return own == null ? List.of() : List.of(own);
        }
        return own == null ? List.of(settled) : List.of(settled, own);
    }

    /** The change that the last event leaves, when there are no more. */
    public List<Change> finish() {
        Change settled = settle(null);
        return settled == null ? List.of() : List.of(settled);
    }

    /**
     * A MOV to CR3 holds for the instruction behind it, a switch of tasks like its change of the ring, a debugger's
     * write at once.
     *
     * @param next null behind the last event
     */
    private Change settle(Event next) {
        if (write == null) {
            return null;
        }
        Event.SystemRegisterWrite settled = write;
        long position = settled.position();
        if (next instanceof Event.RingChange change
                && change.cause() == Event.Cause.TASK_SWITCH
                && change.position() == position) {
            position = RingEffect.position(change);
        } else if (!byDebugger) {
            position++;
        }
        write = null;
        context = after(context, settled);
        return new Change(context, position, settled);
    }
}
