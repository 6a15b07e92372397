package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.Position;

/** {@code monitor seek}: goes to any position of a recording. */
final class SeekCommand implements MonitorCommand {
    private final Guest guest;

    SeekCommand(Guest guest) {
        this.guest = guest;
    }

    @Override
    public String name() {
        return "seek";
    }

    @Override
    public String summary() {
        return "POSITION: go there (1500000, 1_500k, 50%, start, end); gdb shows it after"
                + " \"maintenance flush register-cache\"";
    }

    @Override
    public String run(GuestThread thread, String arguments) throws RefusedException {
        seek(guest, arguments);
        Machine machine = guest.machine();
        return "position %d, pc 0x%x%n"
                .formatted(machine.position(), machine.cpu().pcLinear());
    }

    static void seek(Guest guest, String text) throws RefusedException {
        long position;
        try {
            position = Position.parse(text, guest.end());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(e.getMessage());
        }
        if (position > guest.end()) {
            throw new RefusedException(
                    "position %d is behind the recording's end at %d".formatted(position, guest.end()));
        }
        guest.seek(position);
    }
}
