package dev.ringscope.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which guest to start, on which machine: the options that {@code run} and {@code record} share. */
final class GuestOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Parameters(
            arity = "0..*",
            paramLabel = "PROGRAM [ARGS]",
            description = "A static Linux program and its arguments, run in ring 3 under the built-in"
                    + " kernel. Options that are ours are taken wherever they stand; behind -- everything is"
                    + " the program's. With no guest at all: the demonstration guest.")
    List<String> program = new ArrayList<>();

    @Option(names = "--kernel", paramLabel = "IMAGE", description = "A Linux kernel (bzImage).")
    Path kernel;

    @Option(names = "--initrd", paramLabel = "FILE", description = "Initial RAM disk for --kernel.")
    Path initrd;

    @Option(names = "--append", paramLabel = "TEXT", description = "Command line for --kernel or --multiboot.")
    String append = "";

    @Option(names = "--multiboot", paramLabel = "ELF", description = "A multiboot 1 kernel.")
    Path multiboot;

    @Option(
            names = "--module",
            paramLabel = "FILE[ TEXT]",
            description = "A module for --multiboot, with its command line behind the first space. May be repeated.")
    List<String> modules = new ArrayList<>();

    @Option(names = "--disk", paramLabel = "IMAGE", description = "A raw disk image, booted by SeaBIOS (or --bios).")
    Path disk;

    @Option(names = "--writable", description = "Writes of the guest go to the --disk image; else they stay in memory.")
    boolean writable;

    @Option(names = "--bios", paramLabel = "ROM", description = "A firmware image at the reset vector.")
    Path bios;

    @Option(
            names = "--flat",
            paramLabel = "FILE@ADDRESS",
            description = "A binary, started in real mode at a physical address below 1 MiB.")
    String flat;

    @Option(
            names = "--root",
            paramLabel = "FOLDER",
            description = "Files below this folder may be read by PROGRAM (default: none but the program).")
    Path root;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = MemorySize.Converter.class,
            description = "The machine's memory: bytes, or with K, M, G (default: ${DEFAULT-VALUE}).")
    MemorySize memory = MemorySize.USUAL;

    @Option(
            names = "--serial",
            paramLabel = "stdio|null|FILE",
            description = "Where COM1 leads (default: ${DEFAULT-VALUE}).")
    String serial = "stdio";

    @Option(
            names = "--vga-text",
            paramLabel = "FILE|-",
            description = "Write the text screen there at the end (-: standard output).")
    String vgaText;

    @Option(names = "--keys", paramLabel = "TEXT", description = "Text to type on the PS/2 keyboard, at the start.")
    String keys = "";

    @Option(
            names = "--debug-exit",
            paramLabel = "PORT",
            description = "A port whose write ends the run with status (value << 1) | 1; customary: 0xf4.")
    String debugExit;

    @Option(
            names = "--gdb-view",
            paramLabel = "program|machine",
            converter = GdbViewConverter.class,
            description = "What gdb debugs if the guest is PROGRAM: it alone, from its entry point on, or the machine"
                    + " from power-on (default: ${DEFAULT-VALUE}).")
    GdbView gdbView = GdbView.PROGRAM;

    @Option(
            names = "--tier",
            paramLabel = "interpreter|compiled",
            converter = TierConverter.class,
            description =
                    "How code is executed: compiled has 64-bit code that is executed often made into Java bytecode,"
                            + " on a second core. Results and traces are the same (default: ${DEFAULT-VALUE}).")
    Tier tier = Tier.COMPILED;

    @Option(
            names = "--max-instructions",
            paramLabel = "N",
            description = "Stop after so many instructions, with exit status 124.")
    long maxInstructions = Long.MAX_VALUE;

    @Option(names = "--quiet", description = "No messages but errors.")
    boolean quiet;

    /** @throws ParameterException if the options contradict each other */
    void check() {
        if (!program.isEmpty() && program.getFirst().startsWith("-")) {
            require(false, "unknown option " + program.getFirst());
        }
        List<String> kinds = new ArrayList<>();
        addIf(kinds, !program.isEmpty(), "PROGRAM");
        addIf(kinds, kernel != null, "--kernel");
        addIf(kinds, multiboot != null, "--multiboot");
        addIf(kinds, disk != null, "--disk");
        addIf(kinds, bios != null && disk == null, "--bios");
        addIf(kinds, flat != null, "--flat");
        require(kinds.size() <= 1, "only one guest can be started, found " + String.join(" and ", kinds));
        require(initrd == null || kernel != null, "--initrd goes with --kernel");
        require(modules.isEmpty() || multiboot != null, "--module goes with --multiboot");
        require(append.isEmpty() || kernel != null || multiboot != null, "--append goes with --kernel or --multiboot");
        require(!writable || disk != null, "--writable goes with --disk");
        require(root == null || !program.isEmpty(), "--root goes with PROGRAM");
        require(maxInstructions > 0, "--max-instructions takes a number above 0");
        debugExitPort();
    }

    private static void addIf(List<String> list, boolean condition, String text) {
        if (condition) {
            list.add(text);
        }
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), otherwise);
        }
    }

    /** The port of {@link #debugExit}, or -1. */
    int debugExitPort() {
        if (debugExit == null) {
            return -1;
        }
        try {
            int port = Integer.decode(debugExit);
            require(port >= 0 && port <= 0xffff, "--debug-exit takes a port from 0 to 0xffff, found " + debugExit);
            return port;
        } catch (NumberFormatException e) {
            throw new ParameterException(
                    command.commandLine(), "--debug-exit takes a port like 0xf4, found " + debugExit);
        }
    }
}
