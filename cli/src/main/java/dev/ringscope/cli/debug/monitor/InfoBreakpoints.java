package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code monitor info breakpoints}: those that gdb's own command of that name does not know. */
record InfoBreakpoints(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "info breakpoints";
    }

    @Override
    public String summary() {
        return "the physical breakpoints and watchpoints, and those on events";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        String all = Stream.concat(guest.physicalStops().entries().stream(), guest.eventStops().entries().stream())
                .map(entry -> entry + "\n")
                .collect(Collectors.joining());
        return all.isEmpty() ? "no physical breakpoints or watchpoints, and none on events\n" : all;
    }
}
