package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Watchpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The breakpoints and watchpoints that a client has set, with their conditions; any number, at any address. */
final class BreakpointSet {
    /** The protocol's types, in the order of their numbers. */
    enum Type {
        SOFTWARE,
        HARDWARE,
        WRITE,
        READ,
        ACCESS
    }

    /** What names a breakpoint: {@code kind} is the length of a watchpoint and of no meaning otherwise. */
    record Key(Type type, long address, long kind) {}

    private final Map<Key, List<AgentExpression>> set = new LinkedHashMap<>();
    private Breakpoints forTarget = Breakpoints.NONE;
    private boolean changed;

    /** Sets it, or gives it new conditions if it is there. */
    void insert(Key key, List<AgentExpression> conditions) {
        if (set.put(key, List.copyOf(conditions)) == null) {
            changed = true;
        }
    }

    /** Takes it away, if it is there. */
    void remove(Key key) {
        if (set.remove(key) != null) {
            changed = true;
        }
    }

    /** The set without conditions, as the target gets it; the same object as long as it is the same set. */
    Breakpoints forTarget() {
        if (changed) {
            changed = false;
            Breakpoints now = withoutConditions();
            // gdb takes all breakpoints away at every stop and sets them again before it goes on.
            forTarget = now.equals(forTarget) ? forTarget : now;
        }
        return forTarget;
    }

    /** Whether a thread that is about to execute the instruction at {@code address} should stop there. */
    boolean stops(RegisterView view, GuestThread thread, long address) {
        for (Map.Entry<Key, List<AgentExpression>> entry : set.entrySet()) {
            Key key = entry.getKey();
            if (key.address() == address && isCode(key.type()) && holds(entry.getValue(), view, thread)) {
                return true;
            }
        }
        return false;
    }

    /** Whether only a hardware breakpoint is set here. */
    boolean isHardware(long address) {
        return set.keySet().stream().noneMatch(k -> k.address() == address && k.type() == Type.SOFTWARE);
    }

    private static boolean holds(List<AgentExpression> conditions, RegisterView view, GuestThread thread) {
        if (conditions.isEmpty()) {
            return true;
        }
        for (AgentExpression condition : conditions) {
            try {
                if (condition.evaluate(view, thread) != 0) {
                    return true;
                }
            } catch (AgentExpression.EvaluationException e) {
                // As in gdb itself, a condition that cannot be evaluated stops.
                return true;
            }
        }
        return false;
    }

    private Breakpoints withoutConditions() {
        List<Long> code = new ArrayList<>();
        List<Watchpoint> watchpoints = new ArrayList<>();
        for (Key key : set.keySet()) {
            switch (key.type()) {
                case SOFTWARE, HARDWARE -> code.add(key.address());
                case WRITE -> watchpoints.add(new Watchpoint(Watchpoint.Kind.WRITE, key.address(), key.kind()));
                case READ -> watchpoints.add(new Watchpoint(Watchpoint.Kind.READ, key.address(), key.kind()));
                case ACCESS -> watchpoints.add(new Watchpoint(Watchpoint.Kind.ACCESS, key.address(), key.kind()));
            }
        }
        return new Breakpoints(code, watchpoints);
    }

    private static boolean isCode(Type type) {
        return type == Type.SOFTWARE || type == Type.HARDWARE;
    }
}
