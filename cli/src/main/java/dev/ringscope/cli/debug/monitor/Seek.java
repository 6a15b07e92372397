package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.Position;

/** {@code monitor seek}: goes to any position of a recording. */
public record Seek(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "seek";
    }

    @Override
    public String summary() {
        return "POSITION: go there (1500000, 1_500k, 0x16e360, +1000, -1000, 50%, start, end); gdb shows it after"
                + " \"maintenance flush register-cache\"";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        to(guest, arguments);
        Machine machine = guest.machine();
        return "position %d, pc 0x%x%n"
                .formatted(machine.position(), machine.cpu().pcLinear());
    }

    /** @param text as the user writes a position */
    public static void to(Guest guest, String text) throws RefusedException {
        long position;
        try {
            position = Position.parse(text, guest.machine().position(), guest.end());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(e.getMessage());
        }
        if (position < 0) {
            throw new RefusedException("position %d is before the recording's beginning at 0".formatted(position));
        }
        if (position > guest.end()) {
            throw new RefusedException(
                    "position %d is behind the recording's end at %d".formatted(position, guest.end()));
        }
        guest.seek(position);
    }
}
