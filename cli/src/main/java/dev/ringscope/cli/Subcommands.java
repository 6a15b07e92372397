package dev.ringscope.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;

/**
 * The subcommands of {@code ringscope} and of {@code ringscope query}, in the order in which {@code --help} lists them.
 * Only those are made that the arguments name, because picocli reads a command's options by reflection, which for all
 * of them would be half of the time to start.
 */
final class Subcommands {
    /** @param name the same as in the class's {@link CommandLine.Command}, or in what it says in its place */
    record Subcommand(String name, Class<?> command) {}

    static final List<Subcommand> OF_RINGSCOPE = List.of(
            new Subcommand("run", RunCommand.class),
            new Subcommand("record", RecordCommand.class),
            new Subcommand("info", InfoCommand.class),
            new Subcommand("verify", VerifyCommand.class),
            new Subcommand("expand", ExpandCommand.class),
            new Subcommand("index", IndexCommand.class),
            new Subcommand("query", QueryCommand.class),
            new Subcommand("gdb", GdbCommand.class),
            new Subcommand("diff", DiffCommand.class),
            new Subcommand("export", ExportCommand.class),
            new Subcommand("report", ReportCommand.class),
            new Subcommand("top", TopCommand.class),
            new Subcommand("serve", ServeCommand.class),
            new Subcommand("symbols", SymbolsCommand.class));

    static final List<Subcommand> OF_QUERY = List.of(
            new Subcommand("instructions", QueryInstructions.class),
            new Subcommand("rings", QueryRings.class),
            new Subcommand("residence", QueryResidence.class),
            new Subcommand("processes", QueryProcesses.class),
            new Subcommand("devices", QueryDevices.class),
            new Subcommand("traps", QueryTraps.class),
            new Subcommand("faults", QueryFaults.class),
            new Subcommand("page-tables", QueryPageTables.class),
            new Subcommand("registers", QueryRegisters.class),
            new Subcommand("memory", QueryMemory.class),
            new Subcommand("walk", QueryWalk.class),
            new Subcommand("mappings", QueryMappings.class),
            new Subcommand("descriptors", QueryDescriptors.class),
            new Subcommand("accesses", QueryAccesses.class),
            new Subcommand("last-write", QueryLastWrite.class),
            new Subcommand("origin", QueryOrigin.class),
            new Subcommand("coverage", QueryCoverage.class),
            new Subcommand("calls", QueryCalls.class),
            new Subcommand("calltree", QueryCallTree.class),
            new Subcommand("syscalls", QuerySystemCalls.class),
            new Subcommand("interrupts", QueryInterrupts.class));

    private static final Set<String> VERSION = Set.of("--version", "-V");

    private Subcommands() {}

    /** Gives {@code line} the subcommand that {@code arguments} begin with, or all of them where it is none. */
    static void add(CommandLine line, String... arguments) {
        if (arguments.length > 0 && VERSION.contains(arguments[0])) {
            return;
        }
        add(line, OF_RINGSCOPE, arguments.length == 0 ? List.of() : List.of(arguments[0]));
        CommandLine query = line.getSubcommands().get("query");
        if (query != null) {
            List<String> words = Arrays.asList(arguments);
            boolean help = words.contains("--help") || words.contains("-h");
            add(query, OF_QUERY, help ? List.of() : words);
        }
        for (String guest : List.of("run", "record")) {
            CommandLine command = line.getSubcommands().get(guest);
            if (command != null) {
                // what the program's arguments look like is the program's business
                command.setUnmatchedOptionsArePositionalParams(true);
            }
        }
    }

    /** What picocli makes a command of: a class with annotations, or what a command says without. */
    static Object model(Subcommand subcommand) {
        return switch (subcommand.name()) {
            case "run" -> new RunCommand().describe();
            case "record" -> new RecordCommand().describe();
            default -> subcommand.command();
        };
    }

    private static void add(CommandLine line, List<Subcommand> all, List<String> words) {
        List<Subcommand> named =
                all.stream().filter(each -> words.contains(each.name())).toList();
        for (Subcommand each : named.isEmpty() ? all : named) {
            line.addSubcommand(each.name(), model(each));
        }
    }
}
