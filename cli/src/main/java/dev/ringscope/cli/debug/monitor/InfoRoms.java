package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;

/** {@code monitor info roms}: the ROM below 4 GiB. */
record InfoRoms(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "info roms";
    }

    @Override
    public String summary() {
        return "the ROM below 4 GiB, if there is one";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        long start = guest.machine().memory().romStart();
        return start == 1L << 32
                ? "this machine has no ROM\n"
                : "addr=%016x size=0x%06x mem=rom%n".formatted(start, (1L << 32) - start);
    }
}
