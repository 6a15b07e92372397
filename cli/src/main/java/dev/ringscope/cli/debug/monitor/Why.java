package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.EventText;
import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.Event;
import dev.ringscope.gdbstub.RefusedException;
import java.io.IOException;
import java.util.List;

/** {@code monitor why}: explains an exception. */
record Why(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "why";
    }

    @Override
    public String summary() {
        return "explain the last exception";
    }

    @Override
    public String answer(String arguments) throws RefusedException, IOException {
        List<Event.Trap> faults = guest.history().traps(1000).stream()
                .filter(e -> e.cause() == Event.Cause.EXCEPTION)
                .toList();
        String ended = guest.machine().explanation();
        String stopped = ended.isEmpty() ? "" : "the machine stopped: " + ended + "\n";
        if (faults.isEmpty()) {
            return stopped + "no exception so far\n";
        }
        Event.Trap last = faults.getLast();
        return stopped + EventText.line(last) + "\n";
    }
}
