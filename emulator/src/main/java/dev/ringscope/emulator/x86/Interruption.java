package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.Event;
import java.util.List;

/**
 * An interrupt or exception about to be delivered.
 *
 * @param errorCode to be pushed, or -1 where the vector has none
 * @param detail what the failed check looked at
 * @param address linear address of a page fault
 */
record Interruption(Kind kind, int vector, int errorCode, Reason reason, long detail, long address) {
    /** Of vectors 0 to 19 (SDM vol. 3A, table 6-1). */
    private static final List<String> MNEMONICS = List.of(
            "#DE",
            "#DB",
            "NMI",
            "#BP",
            "#OF",
            "#BR",
            "#UD",
            "#NM",
            "#DF",
            "vector 9",
            "#TS",
            "#NP",
            "#SS",
            "#GP",
            "#PF",
            "vector 15",
            "#MF",
            "#AC",
            "#MC",
            "#XM");

    /** Where it came from: decides about RF, EXT and the gate's DPL (Intel SDM vol. 3A, 6.4 to 6.6, 6.12.1.2, 6.13). */
    enum Kind {
        /** An exception that restarts the instruction: RF is set in the pushed flags. */
        FAULT(Event.Cause.EXCEPTION),
        /** An instruction breakpoint: a fault that leaves RF as it is. */
        BREAKPOINT_FAULT(Event.Cause.EXCEPTION),
        /** An exception reported behind the instruction: #DB. */
        TRAP(Event.Cause.EXCEPTION),
        /** INT n. */
        SOFTWARE(Event.Cause.SOFTWARE_INTERRUPT),
        /** INT3 and INTO: exempt from the checks of virtual-8086 mode, but not from the gate's DPL. */
        SOFTWARE_EXCEPTION(Event.Cause.SOFTWARE_INTERRUPT),
        /** INT1: counts as if it came from outside. */
        PRIVILEGED_SOFTWARE(Event.Cause.SOFTWARE_INTERRUPT),
        NMI(Event.Cause.NMI),
        EXTERNAL(Event.Cause.EXTERNAL_INTERRUPT);

        private final Event.Cause cause;

        Kind(Event.Cause cause) {
            this.cause = cause;
        }
    }

    /** How exceptions count when one follows another (SDM vol. 3A, table 6-4). */
    enum Severity {
        BENIGN,
        CONTRIBUTORY,
        PAGE_FAULT
    }

    static Interruption of(Fault fault) {
        return new Interruption(Kind.FAULT, fault.vector, fault.errorCode, fault.reason, fault.detail, fault.address);
    }

    static Interruption of(Kind kind, int vector) {
        return new Interruption(kind, vector, -1, Reason.NONE, 0, 0);
    }

    /** A debug exception with these bits of DR6. */
    static Interruption debug(Kind kind, Reason reason, long dr6) {
        return new Interruption(kind, Fault.DB, -1, reason, dr6, 0);
    }

    /** The exception that follows from {@code nested}, met while delivering this one (SDM vol. 3A, table 6-5). */
    Interruption followedBy(Fault nested) {
        Interruption second = of(nested);
        boolean doubleFault = switch (severity()) {
            case BENIGN -> false;
            case CONTRIBUTORY -> second.severity() == Severity.CONTRIBUTORY;
            case PAGE_FAULT -> second.severity() != Severity.BENIGN;
        };
        return doubleFault
                ? new Interruption(Kind.FAULT, Fault.DF, 0, Reason.NESTED, (long) vector << 8 | nested.vector, 0)
                : second;
    }

    /** This is a double fault, and {@code nested}, met while delivering it, is one fault too many. */
    boolean shutsDown(Fault nested) {
        return kind == Kind.FAULT && vector == Fault.DF && of(nested).severity() != Severity.BENIGN;
    }

    Severity severity() {
        if (cause() != Event.Cause.EXCEPTION) {
            return Severity.BENIGN;
        }
        return switch (vector) {
            case Fault.DE, Fault.TS, Fault.NP, Fault.SS, Fault.GP -> Severity.CONTRIBUTORY;
            case Fault.PF -> Severity.PAGE_FAULT;
            default -> Severity.BENIGN;
        };
    }

    Event.Cause cause() {
        return kind.cause;
    }

    /** An instruction of the program asked for it, so that the gate's DPL is checked. */
    boolean software() {
        return kind == Kind.SOFTWARE || kind == Kind.SOFTWARE_EXCEPTION;
    }

    /** The error code of a fault met while delivering this: bit 0, EXT, says that the program did not ask for it. */
    Fault blame(Fault nested) {
        boolean selector = nested.vector >= Fault.TS && nested.vector <= Fault.GP;
        return software() || !selector
                ? nested
                : new Fault(nested.vector, nested.errorCode | 1, nested.reason, nested.detail, nested.address);
    }

    /**
     * The flags as they are pushed (SDM vol. 3B, 17.3.1.1): RF is set where the return address is that of an
     * instruction that has begun.
     *
     * @param betweenIterations the next instruction is a repeated one that is not finished
     */
    int pushedFlags(int eflags, boolean betweenIterations) {
        return kind == Kind.FAULT || betweenIterations && !software() ? eflags | X86Cpu.RF : eflags;
    }

    /** The event that it is once delivered. */
    Event.Trap trap(long position, int selector, long pc) {
        return new Event.Trap(
                position,
                cause(),
                vector,
                errorCode,
                address,
                selector,
                pc,
                reason == Reason.NONE ? "" : reason.name(),
                detail);
    }

    /** For people: {@code #PF(2) at 0x1000: a page-table entry is not present [0x2008]}. */
    static String describe(Event.Trap trap) {
        StringBuilder text = new StringBuilder(name(trap));
        text.append(trap.errorCode() < 0 ? "" : "(%x)".formatted(trap.errorCode()));
        text.append(trap.vector() == Fault.PF && trap.errorCode() >= 0 ? " at 0x%x".formatted(trap.address()) : "");
        if (!trap.reason().isEmpty()) {
            text.append(": ").append(Reason.valueOf(trap.reason()).text());
        }
        return text.append(trap.reasonDetail() != 0 ? " [0x%x]".formatted(trap.reasonDetail()) : "")
                .toString();
    }

    private static String name(Event.Trap trap) {
        return switch (trap.cause()) {
            case NMI -> "NMI";
            case SOFTWARE_INTERRUPT -> "INT 0x%02x".formatted(trap.vector());
            case EXTERNAL_INTERRUPT -> "interrupt 0x%02x".formatted(trap.vector());
            default ->
                trap.vector() < MNEMONICS.size()
                        ? MNEMONICS.get(trap.vector())
                        : "vector 0x%02x".formatted(trap.vector());
        };
    }
}
