package dev.ringscope.trace.format;

import dev.ringscope.emulator.Event;

/** From which instruction on a ring change holds. */
public final class RingEffect {
    private RingEffect() {}

    /** Whether the instruction at the change's position made it and retires, still in the old ring. */
    public static boolean retires(Event.RingChange change) {
        return retires(change.cause(), change.vector());
    }

    /** The same. @param vector for interrupts and exceptions, else -1 */
    static boolean retires(Event.Cause cause, int vector) {
        return switch (cause) {
            case RESET, EXCEPTION, EXTERNAL_INTERRUPT, NMI, DEBUGGER -> false;
            case SOFTWARE_INTERRUPT,
                    SYSCALL,
                    SYSRET,
                    SYSENTER,
                    SYSEXIT,
                    CALL_GATE,
                    FAR_JUMP,
                    FAR_CALL,
                    FAR_RETURN,
                    INTERRUPT_RETURN,
                    CONTROL_REGISTER -> true;
            case TASK_SWITCH -> vector < 0;
        };
    }

    /** Position of the first instruction in the new ring. */
    public static long position(Event.RingChange change) {
        return change.position() + (retires(change) ? 1 : 0);
    }
}
