package dev.ringscope.cli.debug.monitor;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;
import java.util.List;
import java.util.Map;

/** Everything that QEMU's {@code info} tells and that is not here: refused, with what to use instead. */
record InfoOther(List<MonitorCommand> commands) implements MonitorCommand {
    private static final Map<String, String> INSTEAD = Map.of(
            "pci", "this machine has no PCI bus: \"info mtree\" shows its devices",
            "usb", "this machine has no USB",
            "usbhost", "this machine has no USB",
            "qtree", "\"info mtree\" shows the devices with their addresses and ports",
            "chardev", "the serial lines lead where the command line says (--serial)",
            "history", "gdb keeps the commands: show commands",
            "network", "this machine has no network",
            "block", "the disk is the image that the command line names (--disk)",
            "replay", "\"when\" tells the position; \"seek\" goes to another one",
            "snapshots", "a recording holds every moment: \"seek\" goes there");

    @Override
    public String name() {
        return "info";
    }

    @Override
    public String summary() {
        return "TOPIC: what there is of QEMU's info commands, each listed here by itself";
    }

    @Override
    public String run(GuestThread thread, String arguments) throws RefusedException {
        String topics = String.join(
                ", ",
                commands.stream()
                        .map(MonitorCommand::name)
                        .filter(name -> name.startsWith("info "))
                        .map(name -> name.substring(5))
                        .sorted()
                        .toList());
        if (arguments.isEmpty()) {
            return "info: " + topics + "\n";
        }
        String topic = arguments.split(" ")[0];
        throw new RefusedException("info %s: %s"
                .formatted(topic, INSTEAD.getOrDefault(topic, "there is no such information here, only " + topics)));
    }
}
