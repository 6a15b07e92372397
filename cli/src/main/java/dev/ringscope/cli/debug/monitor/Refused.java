package dev.ringscope.cli.debug.monitor;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;

/** A command that QEMU's users know and that is refused here, with the way to do it instead. */
record Refused(String name, String reason) implements MonitorCommand {
    @Override
    public String summary() {
        return "not here: " + reason;
    }

    @Override
    public String run(GuestThread thread, String arguments) throws RefusedException {
        throw new RefusedException(name + ": " + reason);
    }
}
