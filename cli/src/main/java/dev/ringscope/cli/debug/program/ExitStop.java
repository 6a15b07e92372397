package dev.ringscope.cli.debug.program;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Stop;
import java.util.Optional;

/**
 * A program that is being recorded stops before the system call that ends it, as below gdb's own {@code record}: once
 * it has exited gdb ends the session, and nobody could go back any more. Also {@code monitor stop-at-exit}, by which
 * the user turns that off. A fatal signal needs none of this, for it stops the program itself.
 */
final class ExitStop implements MonitorCommand {
    private static final int EXIT = 60, EXIT_GROUP = 231, NARROW_EXIT = 1, NARROW_EXIT_GROUP = 252;

    private final Guest guest;
    private final Moves moves;
    private boolean on = true;

    ExitStop(Guest guest, Moves moves) {
        this.guest = guest;
        this.moves = moves;
    }

    /** Whether a guest of this kind has this stop at all. The answer never changes. */
    boolean exists() {
        return guest.live() && guest.reversible();
    }

    /** Whether the program stops at its end as things are. */
    boolean wanted() {
        return on && exists() && moves.isPresent();
    }

    /** In the phase CALL_ENTRY: the stop, if the call is about to end the program. */
    Optional<Stop> before(ProcessView process) {
        return wanted()
                ? process.call()
                        .filter(c -> ends(process, c))
                        .map(c -> new Stop.ReplayLogEnd(c.tid(), text(process, c)))
                : Optional.empty();
    }

    private static boolean ends(ProcessView process, ProcessView.Call call) {
        boolean group = call.number() == (call.wide() ? EXIT_GROUP : NARROW_EXIT_GROUP);
        boolean one = call.number() == (call.wide() ? EXIT : NARROW_EXIT);
        return group || one && process.threads().size() == 1;
    }

    private static String text(ProcessView process, ProcessView.Call call) {
        long status = process.words(call.tid(), call.wide() ? "rdi" : "rbx")[0] & 0xff;
        return "The program is about to exit with status %d. It can still go back; \"continue\" lets it exit.\n"
                .formatted(status);
    }

    // ---- monitor stop-at-exit ---------------------------------------------------------------------------------------

    @Override
    public String name() {
        return "stop-at-exit";
    }

    @Override
    public String summary() {
        return "[on|off]: whether a program that is being recorded stops before it exits (on)";
    }

    @Override
    public String run(GuestThread thread, String arguments) throws RefusedException {
        switch (arguments) {
            case "on" -> on = true;
            case "off" -> on = false;
            case "" -> {}
            default -> throw new RefusedException("'stop-at-exit' takes on or off, not '" + arguments + "'");
        }
        return "stop-at-exit is " + (on ? "on" : "off") + "\n";
    }
}
