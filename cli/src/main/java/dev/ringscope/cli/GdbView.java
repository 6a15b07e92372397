package dev.ringscope.cli;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.cli.debug.MachineTarget;
import dev.ringscope.cli.debug.program.ProgramTarget;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Target;

/** What gdb debugs of a guest that is a program; any other guest is a machine. */
enum GdbView {
    /** The program alone, from its entry point on. */
    PROGRAM,
    /** The whole machine below it, from power-on. */
    MACHINE;

    /** @throws CommandFailure if the guest cannot be brought to its program */
    Target of(Guest guest) {
        try {
            return switch (this) {
                case PROGRAM -> ProgramTarget.of(guest);
                case MACHINE -> new MachineTarget(guest);
            };
        } catch (RefusedException e) {
            throw new CommandFailure(ExitStatus.DATA, e.getMessage());
        }
    }
}
