package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;
import java.util.OptionalLong;

/** {@code monitor delete-on}: the opposite of {@link BreakOn}. */
record DeleteOn(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "delete-on";
    }

    @Override
    public String summary() {
        return "[NUMBER]: take away one event breakpoint, or all";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        Words words = new Words(guest.machine(), arguments);
        OptionalLong number = words.optionalNumber();
        words.end();
        if (number.isEmpty()) {
            guest.eventStops().clear();
        } else if (!guest.eventStops().remove((int) number.getAsLong())) {
            throw new RefusedException("there is no event breakpoint " + number.getAsLong());
        }
        return "";
    }
}
