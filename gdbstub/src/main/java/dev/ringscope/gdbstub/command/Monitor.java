package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The commands behind {@code monitor}: the stub's own, then the target's; the longest name that fits wins. */
final class Monitor {
    /** So many characters of what is not understood are said back. */
    private static final int LONGEST_SHOWN = 80;

    private Monitor() {}

    /** @return the text to show; an unknown command's text says so, for gdb has no better way of showing an error */
    static String run(Session session, String line) throws RefusedException {
        String words = String.join(" ", line.trim().split("\\s+"));
        List<MonitorCommand> commands = new ArrayList<>(List.of(
                new BreakIf(session), new Exit(session), new StepInterrupts(session), new PhysicalMemory(session)));
        session.target().traceFrames().ifPresent(frames -> commands.add(new FrameBase(session, frames)));
        commands.addAll(session.target().monitorCommands());
        if (words.isEmpty() || words.equals("help") || words.startsWith("help ")) {
            return help(
                    commands,
                    words.isEmpty() ? "" : words.substring("help".length()).trim());
        }
        Optional<MonitorCommand> command = commands.stream()
                .filter(c -> isNamed(words, c.name()))
                .max(Comparator.comparingInt(c -> c.name().length()));
        if (command.isEmpty()) {
            return "unknown command '" + shortened(words) + "'; 'monitor help' lists them\n";
        }
        String arguments = words.substring(command.get().name().length()).trim();
        try {
            return command.get().run(session.thread(), arguments);
        } catch (RefusedException e) {
            return e.getMessage() + "\n";
        }
    }

    /** A format may follow without a space, as in {@code x/4xg}. */
    private static boolean isNamed(String words, String name) {
        return words.startsWith(name)
                && (words.length() == name.length() || " /".indexOf(words.charAt(name.length())) >= 0);
    }

    /** @param topic a command, or the first words of several; empty for all */
    private static String help(List<MonitorCommand> commands, String topic) {
        StringBuilder text = new StringBuilder();
        commands.stream()
                .filter(c -> topic.isEmpty() || isNamed(c.name(), topic) || isNamed(topic, c.name()))
                .sorted(Comparator.comparing(MonitorCommand::name))
                .forEach(c -> text.append("%-18s %s\n".formatted(c.name(), c.summary())));
        return text.isEmpty() ? "no command '" + shortened(topic) + "'; 'monitor help' lists them\n" : text.toString();
    }

    private static String shortened(String words) {
        return words.length() <= LONGEST_SHOWN ? words : words.substring(0, LONGEST_SHOWN) + "...";
    }

    private static boolean onOff(String name, String arguments, boolean now) throws RefusedException {
        return switch (arguments) {
            case "" -> now;
            case "on" -> true;
            case "off" -> false;
            default -> throw new RefusedException(name + ": expected 'on' or 'off', not '" + arguments + "'");
        };
    }

    private record Exit(Session session) implements MonitorCommand {
        @Override
        public String name() {
            return "exit";
        }

        @Override
        public String summary() {
            return "ends the guest, if it is a live one, and the debug server";
        }

        @Override
        public String run(GuestThread thread, String arguments) {
            session.exit();
            return "";
        }
    }

    private record StepInterrupts(Session session) implements MonitorCommand {
        @Override
        public String name() {
            return "step-interrupts";
        }

        @Override
        public String summary() {
            return "[on|off]: whether a single step may end in an interrupt handler (off at first)";
        }

        @Override
        public String run(GuestThread thread, String arguments) throws RefusedException {
            StepSettings stepping = session.stepping();
            boolean into = onOff(name(), arguments, stepping.intoInterrupts());
            stepping.bits(into ? stepping.bits() & ~StepSettings.NOIRQ : stepping.bits() | StepSettings.NOIRQ);
            return "step-interrupts is " + (into ? "on" : "off") + "\n";
        }
    }

    private record PhysicalMemory(Session session) implements MonitorCommand {
        @Override
        public String name() {
            return "physical-memory";
        }

        @Override
        public String summary() {
            return "[on|off]: whether addresses that gdb reads and writes are physical (off at first)";
        }

        @Override
        public String run(GuestThread thread, String arguments) throws RefusedException {
            if (session.target().physicalMemory().isEmpty()) {
                throw new RefusedException("this target has no physical memory");
            }
            boolean physical = onOff(name(), arguments, session.physicalMemory());
            session.usePhysicalMemory(physical);
            return "physical-memory is " + (physical ? "on" : "off") + "\n";
        }
    }
}
