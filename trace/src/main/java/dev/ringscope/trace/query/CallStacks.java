package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.query.CallWatcher.End;
import dev.ringscope.trace.query.Frame.Call;
import dev.ringscope.trace.query.Frame.Kind;
import dev.ringscope.trace.query.Transfer.Happening;
import dev.ringscope.trace.query.Transfer.Leaving;
import dev.ringscope.trace.query.Transfer.Step;
import dev.ringscope.trace.query.WayOut.Landing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Which calls have not returned, from the trace's start on. A call's frame is the place of its return address: it ends
 * when the stack pointer comes above it, whoever moved it. So tail calls, longjmp, missed and forged returns need no
 * rules of their own. Where the stack pointer gets a value of another origin, that address tells which stack it is: the
 * one in use, one that waits for an interrupt's or system call's end, a thread's that was left there, or a new one.
 */
final class CallStacks {
    private static final int DEEPEST = 1 << 20;

    private final LongPredicate starts;
    private final CallWatcher watcher;
    private final ParkedStacks parked = new ParkedStacks();
    private final Entries entries = new Entries();
    private Transfer.Cut cut;
    private CallStack stack;
    private int stacks;
    /**
     * Where the stack was resumed, as long as no frame from before has returned: it may be another thread's by now;
     * else -1.
     */
    private long switched = -1;

    /** Where the stack pointer stood before it was loaded with an address not far below; -1: it was not. */
    private long doubt = -1;

    /** That address, if there was one. */
    private long doubted;

    private Step step;
    private Leaving leaving;
    private int ring;
    private long root;
    private long position;
    /** Where the change that is being followed goes. */
    private long destination;

    /** What was seen at the ring change that is being followed. */
    private Object seen;

    /** The trap that is being followed; else null. */
    private Event.Trap delivered;

    /** @param starts whether a function begins at a linear address */
    CallStacks(LongPredicate starts, CallWatcher watcher) {
        this.starts = starts;
        this.watcher = watcher;
    }

    void accept(Transfer transfer) throws IOException {
        switch (transfer) {
            case Transfer.Cut end -> cut = end;
            case Step next -> {
                step = next;
                leaving = next.leaving();
                if (next.begins() && cut != null) {
                    List<Happening> all = new ArrayList<>(cut.leaving().happenings());
                    all.addAll(leaving.happenings());
                    leaving = cut.leaving().with(all);
                }
                cut = null;
                follow();
            }
        }
    }

    /** The trace ends: what ran last is told. */
    void finish() throws IOException {
        if (stack != null && cut != null) {
            watcher.ran(stack.running(), position, cut.position());
            position = cut.position();
        }
    }

    private void follow() throws IOException {
        if (stack == null) {
            position = step.position();
            ring = step.ring();
            root = step.root();
            begin(step.before(), step.to());
            return;
        }
        watcher.ran(stack.running(), position, step.position());
        position = step.position();
        destination = target(0);
        unwind(leaving.highest());
        stack.rose(leaving.highest());
        List<Happening> happenings = leaving.happenings();
        boolean own = !happenings.isEmpty()
                && happenings.getFirst().event() instanceof Event.RingChange change
                && change.vector() < 0;
        if (!own) {
            went(target(0));
        }
        for (int i = 0; i < happenings.size(); i++) {
            Happening h = happenings.get(i);
            seen = h.seen();
            switch (h.event()) {
                case Event.Trap trap -> trapped(trap, gate(trap, i + 1), h, target(i + 1));
                case Event.RingChange change when change.vector() >= 0 -> {} // its trap came first
                case Event.RingChange change -> changed(change, h);
                default -> load(h.stack());
            }
        }
        seen = null;
        ring = step.ring();
        root = step.root();
        stack.at(step.before());
    }

    /** The ring change that a trap is, if it is one. */
    private Event.RingChange gate(Event.Trap trap, int n) {
        boolean one = n < leaving.happenings().size()
                && leaving.happenings().get(n).event() instanceof Event.RingChange change
                && change.position() == trap.position()
                && change.vector() == trap.vector();
        return one ? (Event.RingChange) leaving.happenings().get(n).event() : null;
    }

    /** Where the processor went, or would have gone had the n-th happening not come. */
    private long target(int n) {
        if (n >= leaving.happenings().size()) {
            return step.to();
        }
        return switch (leaving.happenings().get(n).event()) {
            case Event.RingChange change when change.vector() >= 0 -> target(n + 1);
            case Event.RingChange change -> change.fromPc();
            case Event.Trap trap -> leaving.codeBase() + trap.pc();
            default -> target(n + 1);
        };
    }

    // ---- what an instruction does within its ring
    // ---------------------------------------------------------------------

    private void went(long to) throws IOException {
        long after = leaving.after();
        switch (leaving.way()) {
            case ON -> {
                arrive(after);
                if (starts.test(to)) {
                    replace(to, after);
                }
            }
            case CALL -> {
                arrive(after);
                push(Kind.CALL, after, call(leaving.from(), leaving.next(), to, -1));
            }
            case RETURN -> returned(to);
            case INTERRUPT_RETURN -> {
                find(after);
                unwindInterrupt(after);
            }
        }
    }

    private void arrive(long pointer) throws IOException {
        if (leaving.loaded()) {
            stack.left(leaving.left());
            load(pointer - leaving.moved());
            unwind(pointer);
        }
        stack.at(pointer);
    }

    private Call call(long from, long returnTo, long to, int vector) {
        return new Call(position, from, returnTo, to, ring, root, vector);
    }

    private void push(Kind kind, long slot, Call call) throws IOException {
        while (!stack.frames.isEmpty() && Long.compareUnsigned(stack.frames.getLast().slot, slot) <= 0) {
            pop(End.UNWOUND);
        }
        stack.at(slot);
        if (stack.frames.size() < DEEPEST) {
            add(new Frame(kind, stack.running(), stack, slot, call, ring));
        }
    }

    private void add(Frame frame) throws IOException {
        frame.seen = seen;
        frame.trap = delivered;
        frame.stack.frames.add(frame);
        frame.stack.used |= frame.kind == Kind.CALL;
        watcher.entered(frame);
    }

    private void returned(long to) throws IOException {
        long after = leaving.after();
        long slot = after - leaving.released();
        if (leaving.loaded()) {
            stack.left(leaving.left());
            load(slot - leaving.moved());
        }
        stack.at(after);
        boolean matched = false;
        while (!stack.frames.isEmpty() && Long.compareUnsigned(stack.frames.getLast().slot, after) < 0) {
            Frame latest = stack.frames.getLast();
            matched = latest.slot == slot && (!old(latest) || latest.returnTo == to);
            switched = matched && old(latest) ? -1 : switched;
            pop(matched ? End.RETURNED : End.UNWOUND);
        }
        if (!matched && moved(to)) {
            pop(End.RETURNED);
            matched = true;
        }
        if (!matched) {
            if (doubt != -1) {
                stack.pointer = doubt;
                park();
                begin(after, to);
            } else if (old(stack.running()) || stack.frames.isEmpty() && stack.link.stack != stack) {
                begin(after, to);
            } else if (stack.frames.isEmpty()) {
                rename(stack.link, to);
            } else {
                replace(to, after);
            }
        } else if (stack.running().slot == after && stack.running().kind == Kind.CALL && starts.test(to)) {
            replace(to, after);
        }
    }

    /** The latest call's return address was copied to further down the stack, as Linux's error_entry does. */
    private boolean moved(long to) {
        Frame latest = stack.running();
        return latest.kind == Kind.CALL && latest.returnTo == to && latest.stack == stack && !old(latest);
    }

    /** It is from before the stack was resumed, by perhaps another thread. */
    private boolean old(Frame frame) {
        return switched >= 0 && (frame.stack != stack || frame.position < switched);
    }

    /** A jump to another function, with nothing on the stack but the return address, is a call in the frame's place. */
    private void replace(long to, long pointer) throws IOException {
        Frame frame = stack.running();
        if (frame.kind == Kind.CALL && frame.slot == pointer && frame.function != to) {
            rename(frame, to);
        }
    }

    private void rename(Frame frame, long to) throws IOException {
        long before = frame.function;
        frame.function = to;
        watcher.replaced(frame, before, position, leaving.from());
    }

    /** Ends the frames whose return address the stack pointer is above of. */
    private void unwind(long pointer) throws IOException {
        while (!stack.frames.isEmpty() && Long.compareUnsigned(stack.frames.getLast().slot, pointer) < 0) {
            pop(End.UNWOUND);
        }
    }

    private void unwindInterrupt(long pointer) throws IOException {
        int first = stack.frames.size();
        while (first > 0 && Long.compareUnsigned(stack.frames.get(first - 1).slot, pointer) < 0) {
            first--;
        }
        while (stack.frames.size() > first) {
            boolean last = stack.frames.size() == first + 1 && stack.frames.getLast().kind == Kind.INTERRUPT;
            pop(last ? End.RETURNED : End.UNWOUND);
        }
        stack.at(pointer);
    }

    private void pop(End end) throws IOException {
        leave(stack.frames.removeLast(), end);
    }

    private void leave(Frame frame, End end) throws IOException {
        if (frame.ended) {
            return;
        }
        frame.ended = true;
        entries.ended(frame);
        watcher.left(frame, end, position, leaving.from(), destination, seen);
    }

    // ---- which stack
    // --------------------------------------------------------------------------------------------------

    /** What runs now was called by nobody we know. */
    private void begin(long pointer, long function) throws IOException {
        doubt = -1;
        CallStack fresh = new CallStack(stacks++, ring, pointer);
        Call call = new Call(position, 0, 0, function, ring, root, -1);
        fresh.link = new Frame(Kind.BASE, null, fresh, -1, call, ring);
        stack = fresh;
        switched = -1;
        watcher.entered(fresh.link);
    }

    private void load(long pointer) throws IOException {
        find(pointer);
        unwind(pointer);
    }

    /** The stack pointer got a value: finds out which stack it is on. */
    private void find(long pointer) throws IOException {
        if (stack.holds(pointer, 0)) {
            return;
        }
        doubt = -1;
        CallStack ancestor = ancestor(pointer);
        if (ancestor != null) {
            leaveStacks(ancestor);
            stack = ancestor;
            parked.drop(stack);
            return;
        }
        CallStack other = parked.resume(ring, root, pointer);
        if (other != null && !lives(other, pointer)) {
            other = null;
        }
        if (other == null && mayBe(pointer)) {
            doubt = Long.compareUnsigned(pointer, stack.pointer) < 0 ? stack.pointer : -1;
            doubted = pointer;
            stack.at(pointer);
            return;
        }
        CallStack next = other;
        if (next == null) {
            next = new CallStack(stacks++, ring, pointer);
            next.link = stack.running();
            next.begins(stack, leaving.took());
        }
        park();
        stack = next;
        switched = position;
    }

    /**
     * An address that may be a part of the present stack not seen yet: a block of memory taken off it, an older frame.
     */
    private boolean mayBe(long pointer) {
        Kind kind = stack.running().kind;
        boolean bounded = kind == Kind.INTERRUPT || kind == Kind.SYSTEM_CALL || kind == Kind.GATE;
        boolean below = Long.compareUnsigned(pointer, stack.pointer) < 0;
        return stack.near(pointer) && !bounded && (below || leaving.framed());
    }

    /** A stack that waits for the end of what runs on the present one. */
    private CallStack ancestor(long pointer) {
        CallStack at = stack;
        while (at.link != null && at.link.stack != at && at.link.ring == ring) {
            at = at.link.stack;
            if (at.holds(pointer, at.slack)) {
                return at;
            }
        }
        return null;
    }

    /** Of a thread's stack a frame is left, so that it is still the same thread's. */
    private static boolean lives(CallStack other, long pointer) {
        return !other.frames.isEmpty() && Long.compareUnsigned(other.frames.getFirst().slot, pointer) >= 0;
    }

    /** Back to a stack below: interrupts' own stacks are done with. */
    private void leaveStacks(CallStack ancestor) throws IOException {
        for (CallStack at = stack; at != ancestor; at = at.link.stack) {
            if (!at.frames.isEmpty() && at.frames.getFirst().kind == Kind.INTERRUPT) {
                parked.drop(at);
                while (!at.frames.isEmpty()) {
                    leave(at.frames.removeLast(), at.frames.isEmpty() ? End.RETURNED : End.UNWOUND);
                }
            }
        }
        park();
    }

    private void park() {
        boolean foreign = stack.outer && !stack.used;
        if (!stack.frames.isEmpty() && !foreign) {
            parked.park(stack, root);
        }
    }

    // ---- rings, interrupts
    // ----------------------------------------------------------------------------------------------

    private void trapped(Event.Trap trap, Event.RingChange gate, Happening h, long handler) throws IOException {
        delivered = trap;
        try {
            handle(trap, gate, h, handler);
        } finally {
            delivered = null;
        }
    }

    private void handle(Event.Trap trap, Event.RingChange gate, Happening h, long handler) throws IOException {
        long saved = leaving.codeBase() + trap.pc();
        long from = trap.cause() == Event.Cause.SOFTWARE_INTERRUPT ? leaving.from() : saved;
        if (gate != null && gate.to() < gate.from()) {
            enter(
                    Kind.INTERRUPT,
                    gate,
                    h.stack(),
                    new Call(position, from, saved, handler, gate.to(), step.root(), trap.vector()));
            return;
        }
        Call call = call(from, saved, handler, trap.vector());
        boolean same = stack.near(h.stack()) && Long.compareUnsigned(h.stack(), stack.pointer) < 0;
        if (same) {
            push(Kind.INTERRUPT, h.stack(), call);
        } else {
            on(Kind.INTERRUPT, h.stack(), call, ring);
        }
    }

    /** A frame on a stack of its own. */
    private void on(Kind kind, long pointer, Call call, int outer) throws IOException {
        CallStack inner = new CallStack(stacks++, call.ring(), pointer);
        inner.link = stack.running();
        doubt = -1;
        stack = inner;
        ring = call.ring();
        switched = -1;
        add(new Frame(kind, inner.link, inner, pointer, call, outer));
    }

    private void enter(Kind kind, Event.RingChange change, long pointer, Call call) throws IOException {
        stack.at(change.fromStack());
        on(kind, pointer, call, change.from());
        stack.outer = pointer == change.fromStack();
        entries.add(stack.running(), root, change.fromStack());
    }

    private void changed(Event.RingChange change, Happening h) throws IOException {
        long pointer = h.stack();
        if (leaving.loaded() && h == leaving.happenings().getFirst()) {
            stack.left(leaving.left());
            load(change.fromStack() - leaving.moved());
            unwind(change.fromStack());
        }
        stack.at(change.fromStack());
        if (change.cause() == Event.Cause.TASK_SWITCH) {
            park();
            ring = change.to();
            begin(pointer, change.toPc());
        } else if (change.to() == change.from()) {
            destination = change.toPc();
            went(change.toPc());
        } else if (change.to() < change.from()) {
            Kind kind = change.cause() == Event.Cause.CALL_GATE ? Kind.GATE : Kind.SYSTEM_CALL;
            enter(
                    kind,
                    change,
                    pointer,
                    new Call(position, change.fromPc(), leaving.next(), change.toPc(), change.to(), step.root(), -1));
        } else {
            outward(change, h);
        }
    }

    private void outward(Event.RingChange change, Happening h) throws IOException {
        Frame entry = stack.running();
        while (entry != null && !(entry.entry() && entry.outerRing == change.to())) {
            entry = entry.caller;
        }
        entry = entry != null && entry.ended ? null : entry;
        WayOut way = new WayOut(stack, change, h, step.root(), doubt, doubted);
        Landing landing = way.landing(entry);
        boolean own = landing != Landing.ELSEWHERE || entry != null && way.leaves(entry);
        ring = change.to();
        destination = change.toPc();
        doubt = -1;
        switched = -1;
        Frame other =
                entry == null || way.exact(entry) ? null : entries.from(ring, step.root(), h.stack(), change.toPc());
        if (other != null && other != entry) {
            park();
            leave(other, End.RETURNED);
            parked.drop(other.stack);
            stack = other.caller.stack;
            parked.drop(stack);
            landing = Landing.BACK;
        } else if (own) {
            end(entry);
            stack = entry.caller.stack;
        } else {
            park();
        }
        switch (landing) {
            case BACK -> {
                load(h.stack());
                unwind(h.stack());
                stack.at(h.stack());
            }
            case SIGNAL -> {
                load(h.stack());
                stack.at(h.stack());
                Call call = new Call(position, change.fromPc(), 0, change.toPc(), change.to(), step.root(), -1);
                add(new Frame(Kind.SIGNAL, stack.running(), stack, h.stack(), call, ring));
            }
            case ELSEWHERE -> {
                if (entry != null && stack.ring == ring) {
                    parked.park(stack, entry.caller.root);
                }
                stack = parked.standing(ring, step.root(), h.stack());
                if (stack == null) {
                    begin(h.stack(), change.toPc());
                }
            }
        }
    }

    /** Ends an entry and all that was called since, on whatever stack of its ring. */
    private void end(Frame entry) throws IOException {
        for (Frame f = stack.running(); f != entry.caller; f = f.caller) {
            leave(f, f == entry ? End.RETURNED : End.UNWOUND);
        }
        parked.drop(entry.stack);
    }
}
