package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;
import java.io.IOException;

/** {@code monitor rings}: how the guest came to its ring. */
record Rings(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "rings";
    }

    @Override
    public String summary() {
        return "[N]: the last ring changes";
    }

    @Override
    public String answer(String arguments) throws RefusedException, IOException {
        int count = new Words(guest.machine(), arguments).count(EventList.SHOWN, EventList.MOST);
        return EventList.of(guest.history().rings(count), "no ring change so far");
    }
}
