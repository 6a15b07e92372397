package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.WalkText;

/** {@code monitor gva2gpa}: where a linear address leads, in QEMU's words, with the way there. */
record Gva2gpa(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "gva2gpa";
    }

    @Override
    public String summary() {
        return "ADDRESS: its page walk, entry by entry";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        Words words = new Words(guest.machine(), arguments);
        long linear = words.number("an address like 0x1000");
        words.end();
        Walk walk = guest.machine().cpu().paging.walk(linear);
        String result = walk.mapped() ? "gpa: 0x%x%n".formatted(walk.physical()) : "Unmapped\n";
        return WalkText.of(walk) + result;
    }
}
