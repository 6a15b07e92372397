package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.MonitorCommand;
import java.util.List;
import java.util.function.Function;

/** What {@code monitor} offers for any machine, live or recorded. */
final class MachineCommands {
    private record Command(String name, String summary, Function<String, String> action) implements MonitorCommand {
        @Override
        public String run(GuestThread thread, String arguments) {
            return action.apply(arguments);
        }
    }

    private MachineCommands() {}

    static List<MonitorCommand> of(Machine machine) {
        return List.of(
                new Command("when", "the position: instructions retired since power-on", a -> machine.position() + "\n"),
                new Command("mode", "ring, mode and CR3", a -> "ring %d, %s, cr3 0x%x%n"
                        .formatted(machine.cpu().cpl, machine.cpu().mode(), machine.cpu().cr3)),
                new Command("gva2gpa", "ADDRESS: the page walk of a linear address", a -> walk(machine, a)));
    }

    private static String walk(Machine machine, String argument) {
        try {
            return machine.cpu().paging.walk(Long.decode(argument.strip())) + "\n";
        } catch (NumberFormatException e) {
            return "expected an address like 0x1000, found \"" + argument + "\"\n";
        }
    }
}
