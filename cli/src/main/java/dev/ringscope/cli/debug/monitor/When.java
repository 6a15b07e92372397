package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;

/** {@code monitor when}: how far the machine has come. */
record When(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "when";
    }

    @Override
    public String summary() {
        return "the position: instructions retired since power-on";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        return guest.machine().position() + "\n";
    }
}
