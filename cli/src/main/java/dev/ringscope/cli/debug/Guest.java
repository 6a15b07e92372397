package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.trace.TraceReader;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The whole machine that gdb debugs, at the moment where it stands: live, recorded, or live with its recording so far.
 * What gdb sees of it ({@link MachineTarget}) is built on this. One thread, but for {@link Resume#interrupt}.
 */
public interface Guest {
    /**
     * The machine as it is at the present moment. It may be another object after each move, so it must not be kept; to
     * be read, and changed only by {@link Machine#writeFromDebugger} and {@link Machine#writeRegisterFromDebugger}
     * after {@link #checkWritable}.
     */
    Machine machine();

    /**
     * Runs forwards, or by one instruction if {@link Resume#stepping} says so, to the next stop of the machine.
     *
     * @return {@link Stop.ReplayLogEnd} at the end of what is recorded
     * @throws RefusedException if the machine cannot go on; it stands where it was
     */
    Stop forwards(Resume how) throws RefusedException;

    /** Whether it can go back at all. The answer never changes. */
    boolean reversible();

    /**
     * Runs backwards, or by one step, to the next stop: the mirror image of {@link #forwards}.
     *
     * @return {@link Stop.ReplayLogBegin} at the beginning of what is recorded
     */
    Stop backwards(Resume how) throws RefusedException;

    /** @throws RefusedException if nothing may be changed at the present moment, with the reason */
    void checkWritable() throws RefusedException;

    /** What happened up to the present moment. */
    History history();

    /** Breakpoints and watchpoints on physical addresses; forwards and backwards heed them. */
    PhysicalStops physicalStops();

    /** Breakpoints on events; forwards and backwards heed them. */
    EventStops eventStops();

    /**
     * The recording of what has happened up to the present, and of a recorded guest's future; a guest that nobody
     * records has none. To be asked for anew after each move.
     */
    default Optional<TraceReader> trace() throws RefusedException {
        return Optional.empty();
    }

    /** The last position that can be gone to; the present one for a live machine. */
    long end();

    /**
     * Goes to any position, behind the interrupts that were taken there.
     *
     * @param position from 0 to {@link #end}
     */
    void seek(long position) throws RefusedException;

    /**
     * Lets a recorded guest live on from the present moment, recorded into a new file that holds the history up to here
     * too. What it asks of the world outside is answered only as far as the old recording knows.
     *
     * @param file is not overwritten
     */
    default void branch(Path file) throws RefusedException {
        throw new RefusedException("this guest is not recorded: there is nothing to branch off from");
    }

    /** Whether the guest is alive: it can be ended, and runs on when gdb is gone. */
    boolean live();
}
