package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.x86.Interruption.Kind;
import java.util.List;

/**
 * Interrupts and exceptions (Intel SDM vol. 3A, ch. 6): the pins, what waits for the next instruction boundary, and
 * which of those is taken there. {@link Delivery} takes it to its handler.
 */
public final class Interrupts {
    /** Bits of DR6: single-step, task switch. */
    static final int DR6_BS = 1 << 14;

    static final int DR6_BT = 1 << 15;

    private final X86Cpu cpu;
    private final Delivery delivery;
    private InterruptSource source;
    private boolean intr;
    private boolean nmiPending;
    /** Between the delivery of an NMI and the next IRET. */
    private boolean nmiBlocked;
    /** Bits of DR6 for the debug trap that waits for the instruction boundary. */
    private int debugPending;
    /** The instruction at this position causes no single-step trap, although TF was set when it began. */
    private long stepIgnored = -1;
    /** Interrupts and exceptions that have been taken since power-on, and how many of them came from outside. */
    private long taken;

    private long takenFromOutside;
    /** The instruction at this position is a repeated one of which some iterations are done; -1: none is. */
    private long iterating = -1;
    /** RF, which holds for one instruction, is cleared behind this position. */
    private long resumeAt = -1;

    private List<FailedDelivery> undelivered = List.of();

    Interrupts(X86Cpu cpu) {
        this.cpu = cpu;
        delivery = new Delivery(cpu, this);
    }

    // ---- pins -------------------------------------------------------------------------------------------------------

    /** What answers the acknowledge cycles of {@link #intr}. */
    public void connect(InterruptSource newSource) {
        source = newSource;
    }

    /** The level of the INTR pin. */
    public void intr(boolean level) {
        intr = level;
        cpu.attention |= level;
    }

    /** An edge on the NMI pin. One more is remembered while another is being handled. */
    public void nmi() {
        nmiPending = true;
        cpu.attention = true;
    }

    /**
     * Interrupts and exceptions taken by this processor object so far: for a debugger to see whether a step met one.
     */
    public long taken() {
        return taken;
    }

    /** How many of {@link #taken} were external interrupts or NMIs. */
    public long takenFromOutside() {
        return takenFromOutside;
    }

    /**
     * What the latest delivery of an exception or interrupt met on its way, in order; empty if it went straight to its
     * handler. For a debugger: no part of the state.
     */
    public List<FailedDelivery> undelivered() {
        return undelivered;
    }

    /** {@link #undelivered} if that was a triple fault and the machine stands there; else empty. */
    public List<FailedDelivery> shutdown() {
        return cpu.stop == StopReason.TRIPLE_FAULT ? undelivered : List.of();
    }

    void undelivered(List<FailedDelivery> chain) {
        undelivered = chain;
    }

    /** An external interrupt is only held back by IF or a shadow. */
    boolean waiting() {
        return intr;
    }

    // ---- what instructions tell -------------------------------------------------------------------------------------

    /** A debug trap behind the instruction that is executing. @param dr6 the bits to be set in DR6 */
    void debugTrap(int dr6) {
        debugPending |= dr6;
        cpu.attention = true;
    }

    /** The instruction that was executing when TF was set has retired. */
    void stepped() {
        if (stepIgnored != cpu.position() - 1) {
            debugTrap(DR6_BS);
        }
    }

    /** A repeated instruction stops between two iterations, to go on later: each iteration is a step for TF. */
    void iterationEnded() {
        iterating = cpu.position();
        if (cpu.flag(X86Cpu.TF)) {
            debugTrap(DR6_BS);
        }
    }

    int pushedFlags(Interruption x) {
        return x.pushedFlags(cpu.eflags(), iterating == cpu.position());
    }

    /** The executing instruction has cleared TF in a way that leaves no single-step trap: INT n, SYSCALL. */
    void ignoreStep() {
        stepIgnored = cpu.position();
    }

    /** STI, MOV SS and POP SS: interrupts wait until the instruction behind this one has retired. */
    void shadow(boolean traps) {
        cpu.shadowEnd = cpu.position() + 2;
        cpu.shadowTraps = traps;
        cpu.attention |= intr || nmiPending;
    }

    /** IRET: NMIs are taken again, whether the instruction succeeds or not (SDM vol. 3A, 6.7.1). */
    void unblockNmi() {
        nmiBlocked = false;
        cpu.attention |= nmiPending;
    }

    /** The executing instruction has set RF: no instruction breakpoint on the next one. */
    void resumeFlagLoaded() {
        resumeAt = cpu.position() + 1;
    }

    /** RF, if it is set, has held for its instruction: it counts as cleared, and is when somebody comes by. */
    boolean resumed() {
        return cpu.position() > resumeAt;
    }

    /**
     * {@link X86Cpu#systemFlags} as a state holds them: RF is cleared at the latest with the instruction behind its
     * own.
     */
    int savedFlags() {
        return cpu.position() > resumeAt + 1 ? cpu.systemFlags & ~X86Cpu.RF : cpu.systemFlags;
    }

    /** Clears RF if it no longer holds. */
    void settleResumeFlag() {
        if (cpu.flag(X86Cpu.RF) && resumed()) {
            cpu.systemFlags &= ~X86Cpu.RF;
        }
    }

    // ---- instruction boundaries
    // ---------------------------------------------------------------------------------------

    /**
     * Takes what waits, by priority (SDM vol. 3A, table 6-2): debug traps of the last instruction, NMI, external
     * interrupts, instruction breakpoints on the next. Leaves {@code attention} set if it must be asked again behind
     * the very next instruction. Asking twice at one boundary is harmless.
     */
    public void service() {
        cpu.attention = false;
        settleResumeFlag();
        boolean shadow = cpu.position() < cpu.shadowEnd;
        if (debugPending != 0) {
            takeDebugTrap(shadow && cpu.shadowTraps);
        }
        if (nmiPending && !nmiBlocked && !shadow) {
            nmiPending = false;
            nmiBlocked = true;
            deliver(Interruption.of(Kind.NMI, Fault.NMI));
        }
        if (intr && cpu.flag(X86Cpu.IF) && !shadow && source.pending()) {
            deliver(Interruption.of(Kind.EXTERNAL, source.acknowledge()));
        }
        if (!cpu.halted && cpu.paging.debugRegisters.watchesCode()) {
            cpu.attention = true; // every instruction is looked at
            takeInstructionBreakpoint();
        }
        boolean held = shadow && (debugPending != 0 || nmiPending || intr);
        cpu.attention |= held || cpu.stop != null;
    }

    private void takeDebugTrap(boolean held) {
        if (held) {
            // A single step is lost in the shadow of MOV SS; breakpoints wait (SDM vol. 3A, 6.8.3).
            debugPending &= ~DR6_BS;
            return;
        }
        int dr6 = debugPending;
        debugPending = 0;
        Reason reason = (dr6 & 0xf) != 0
                ? Reason.DEBUG_REGISTER
                : (dr6 & DR6_BS) != 0 ? Reason.SINGLE_STEP : Reason.TASK_SWITCH_TRAP;
        deliver(Interruption.debug(Kind.TRAP, reason, dr6));
    }

    private void takeInstructionBreakpoint() {
        boolean shadow = cpu.shadowTraps && cpu.position() < cpu.shadowEnd;
        boolean held = shadow || cpu.flag(X86Cpu.RF);
        int dr6 = held ? 0 : cpu.paging.debugRegisters.executes(cpu.codeLinear(cpu.pc));
        if (dr6 != 0) {
            deliver(Interruption.debug(Kind.BREAKPOINT_FAULT, Reason.DEBUG_REGISTER, dr6));
        }
    }

    // ---- delivery ---------------------------------------------------------------------------------------------------

    /** Delivers an exception that the instruction at {@code cpu.pc} raised. Between two instructions only. */
    public void deliver(Fault fault) {
        deliver(Interruption.of(fault));
    }

    private void deliver(Interruption x) {
        delivery.deliver(x);
    }

    /**
     * An interrupt that the executing instruction asks for: INT n, INT3, INTO, INT1.
     *
     * @param next offset of the instruction behind it
     * @throws Fault if it cannot be delivered: the instruction has then done nothing
     */
    void software(Kind kind, int vector, long next) {
        ignoreStep();
        delivery.software(kind, vector, next);
    }

    /** INT n in virtual-8086 mode that goes to the 8086 program's own table. */
    void redirect(int vector, long next) {
        ignoreStep();
        delivery.redirect(vector, next);
    }

    /** One has been delivered: its handler's first instruction is next. */
    void delivered(Interruption x) {
        iterating = -1;
        taken++;
        if (x.cause() == Event.Cause.EXTERNAL_INTERRUPT || x.cause() == Event.Cause.NMI) {
            takenFromOutside++;
        }
    }

    // ---- state ------------------------------------------------------------------------------------------------------

    /** Power-on or reset: nothing waits. The connections stay. */
    void reset() {
        intr = nmiPending = nmiBlocked = false;
        debugPending = 0;
        stepIgnored = resumeAt = iterating = -1;
    }

    void save(StateOutput out) {
        out.put(intr)
                .put(nmiPending)
                .put(nmiBlocked)
                .put(debugPending)
                .put(stepIgnored)
                .put(resumeAt)
                .put(iterating);
    }

    void load(StateInput in) {
        intr = in.nextBoolean();
        nmiPending = in.nextBoolean();
        nmiBlocked = in.nextBoolean();
        debugPending = in.nextInt();
        stepIgnored = in.next();
        resumeAt = in.next();
        iterating = in.next();
        cpu.attention = true;
    }
}
