package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;
import java.util.OptionalLong;

/** {@code monitor delete-physical}: the opposite of {@link BreakPhysical} and {@link WatchPhysical}. */
record DeletePhysical(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "delete-physical";
    }

    @Override
    public String summary() {
        return "[NUMBER]: take away one physical breakpoint or watchpoint, or all";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        Words words = new Words(guest.machine(), arguments);
        OptionalLong number = words.optionalNumber();
        words.end();
        if (number.isEmpty()) {
            guest.physicalStops().clear();
        } else if (!guest.physicalStops().remove((int) number.getAsLong())) {
            throw new RefusedException("there is no physical breakpoint or watchpoint " + number.getAsLong());
        }
        return "";
    }
}
