package dev.ringscope.gdbstub;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the stub debugs: a live guest or a recording.
 *
 * <p>Every method is called on the thread that called {@link GdbServer#run()}, one at a time, and never while a
 * {@link #resume} is under way; only the {@link Interrupt} that a {@link Resume} carries is touched by another thread.
 * A capability that the target lacks is an empty {@code Optional}: the stub then does not announce it to the client.
 */
public interface Target {
    /** The registers and how they are laid out. The same object for as long as the target lives. */
    TargetDescription description();

    /**
     * The threads that gdb sees: one per processor of a machine, or the threads of a user program. Never empty before
     * exit.
     */
    List<GuestThread> threads();

    /**
     * Runs forwards until something happens.
     *
     * <p>Moves by at least one instruction (or takes one fault or interrupt) before it compares the pc with the code
     * breakpoints, so that resuming from a breakpoint makes progress; it then stops <em>before</em> the instruction at
     * a breakpoint and <em>after</em> the one that touched a watched byte. A step that enters a fault or trap stops at
     * the handler's first instruction, and a step at HLT stops behind it, however long the machine would sleep. When
     * {@link Resume#interrupt()} is or gets requested, it returns {@link Stop.Interrupted} within a few milliseconds.
     *
     * @throws RefusedException if the target can't run at all; nothing has moved then
     */
    Stop resume(Resume how) throws RefusedException;

    /**
     * Whether a breakpoint that stands in memory can be set at a linear address as things are. A machine takes any:
     * what is not mapped may be later.
     *
     * @throws RefusedException if not, with the reason
     */
    default void checkSoftwareBreakpoint(long address) throws RefusedException {}

    /** Running backwards. */
    default Optional<ReverseExecution> reverse() {
        return Optional.empty();
    }

    /** What is recorded, as frames for gdb's {@code tfind}. */
    default Optional<TraceFrames> traceFrames() {
        return Optional.empty();
    }

    /** Guest-physical memory, for {@code maint packet Qqemu.PhyMemMode:1}. */
    default Optional<Memory> physicalMemory() {
        return Optional.empty();
    }

    /** Starting again from the beginning, for gdb's {@code run}. */
    default Optional<Restart> restart() {
        return Optional.empty();
    }

    /** Ending the guest for gdb's {@code kill}; without it (a recording) {@code kill} is a detach. */
    default Optional<Kill> kill() {
        return Optional.empty();
    }

    /**
     * Whether the guest was there before its clients: then gdb leaves it alone when it quits. Otherwise gdb ends it, as
     * a program that was started to be debugged.
     */
    default boolean attached() {
        return true;
    }

    /** Host path of the program under debug, when there is one that gdb should load. */
    default Optional<String> execFile() {
        return Optional.empty();
    }

    /** The program's ELF auxiliary vector as it lies in its memory: pairs of 64-bit little-endian words. */
    default Optional<byte[]> auxv() {
        return Optional.empty();
    }

    /** Files that gdb may read through the stub. */
    default Optional<GuestFiles> files() {
        return Optional.empty();
    }

    /** What it can do of the things that only user programs have. Always the same set. */
    default Set<ProgramFeature> programFeatures() {
        return Set.of();
    }

    /** What {@code monitor NAME} offers beside the stub's own commands. */
    default List<MonitorCommand> monitorCommands() {
        return List.of();
    }

    /**
     * Whether the guest runs on by itself after {@code detach}, until the next client comes: a live one does, a
     * recording doesn't.
     */
    default boolean runsDetached() {
        return false;
    }
}
