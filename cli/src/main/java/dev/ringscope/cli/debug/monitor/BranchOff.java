package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** {@code monitor branch}: a recording's guest lives on from here, and is recorded into a new file. */
record BranchOff(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "branch";
    }

    @Override
    public String summary() {
        return "FILE: from here on the guest lives and may be changed; FILE records it, with the history up to here";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        if (arguments.isEmpty()) {
            throw new RefusedException("expected the file that the new recording goes into, found nothing");
        }
        try {
            guest.branch(Path.of(arguments));
        } catch (InvalidPathException e) {
            throw new RefusedException("expected a file's name, found \"" + arguments + "\"");
        }
        return "a new recording branches off at position %d, into %s%n"
                .formatted(guest.machine().position(), arguments);
    }
}
