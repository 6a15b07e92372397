package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;

/** {@code monitor break-physical}: a breakpoint that is met through whatever mapping, and before paging. */
record BreakPhysical(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "break-physical";
    }

    @Override
    public String summary() {
        return "ADDRESS: stop in front of the instruction at a physical address, however it is mapped";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        Words words = new Words(guest.machine(), arguments);
        long address = words.number("a physical address");
        words.end();
        return guest.physicalStops().addBreakpoint(address) + "\n";
    }
}
