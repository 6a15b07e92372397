package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;
import java.io.IOException;

/** {@code monitor traps}: exceptions and interrupts. */
record Traps(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "traps";
    }

    @Override
    public String summary() {
        return "[N]: the last exceptions and interrupts";
    }

    @Override
    public String answer(String arguments) throws RefusedException, IOException {
        int count = new Words(guest.machine(), arguments).count(EventList.SHOWN, EventList.MOST);
        return EventList.of(guest.history().traps(count), "no trap so far");
    }
}
