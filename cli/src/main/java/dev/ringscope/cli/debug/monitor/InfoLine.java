package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;
import java.util.function.Function;

/** One of QEMU's {@code info} commands that a line answers. */
record InfoLine(Guest guest, String name, String summary, Function<Guest, String> text) implements GuestCommand {
    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        return text.apply(guest) + "\n";
    }

    static InfoLine cpus(Guest guest) {
        return new InfoLine(
                guest,
                "info cpus",
                "the processors",
                g -> "* CPU #0: pc=0x%x ring=%d%s"
                        .formatted(
                                g.machine().cpu().pcLinear(),
                                g.machine().cpu().cpl,
                                g.machine().cpu().halted() ? " (halted)" : ""));
    }

    static InfoLine status(Guest guest) {
        return new InfoLine(guest, "info status", "whether the guest can go on", g -> {
            String ended = g.machine().explanation();
            return ended.isEmpty() ? "VM status: paused (debug)" : "VM status: paused (" + ended + ")";
        });
    }

    static InfoLine version(Guest guest) {
        return new InfoLine(guest, "info version", "which Ringscope this is", g -> {
            String version = InfoLine.class.getPackage().getImplementationVersion();
            return "ringscope " + (version == null ? "(not packaged)" : version);
        });
    }
}
