package dev.ringscope.cli;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.StopReason;
import java.util.Locale;

/** How a run ended, for people. */
final class Endings {
    private Endings() {}

    static String describe(StopReason reason, Machine machine) {
        String why = machine.explanation();
        return String.format(
                Locale.ROOT,
                "%s after %,d instructions%s",
                describe(reason, machine.exitStatus()),
                machine.position(),
                why.isEmpty() || reason == StopReason.EXIT && why.equals("exit") ? "" : " (" + why + ")");
    }

    static String describe(StopReason reason, int exitStatus) {
        return switch (reason) {
            case POWER_OFF -> "power off";
            case RESET -> "the guest reset the machine";
            case HALTED -> "halted for good";
            case EXIT -> "exit status " + (exitStatus & 0xff);
            case TRIPLE_FAULT -> "triple fault";
            case LIMIT -> "stopped at the limit";
            case INTERRUPTED, BREAKPOINT, WATCHPOINT -> "interrupted";
        };
    }
}
