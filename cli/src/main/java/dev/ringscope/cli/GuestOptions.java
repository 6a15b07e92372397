package dev.ringscope.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Which guest to start, on which machine: the options that {@code run} and {@code record} share. */
final class GuestOptions {
    private CommandSpec command;
    List<String> program = new ArrayList<>();
    Path kernel;
    Path initrd;
    String append = "";
    Path multiboot;
    List<String> modules = new ArrayList<>();
    Path disk;
    boolean writable;
    Path bios;
    String flat;
    Path root;
    MemorySize memory = MemorySize.USUAL;
    String serial = "stdio";
    String vgaText;
    String keys = "";
    String debugExit;
    GdbView gdbView = GdbView.PROGRAM;
    Tier tier = Tier.COMPILED;
    long maxInstructions = Long.MAX_VALUE;
    boolean quiet;

    void addTo(CommandModel model) {
        command = model.spec;
        model.arguments(
                "PROGRAM [ARGS]",
                "A static Linux program and its arguments, run in ring 3 under the built-in"
                        + " kernel. Options that are ours are taken wherever they stand; behind -- everything is"
                        + " the program's. With no guest at all: the demonstration guest.",
                program,
                v -> program = v);
        addImages(model);
        addMachine(model);
        addRun(model);
    }

    /** What is started. */
    private void addImages(CommandModel model) {
        model.path("--kernel")
                .label("IMAGE")
                .described("A Linux kernel (bzImage).")
                .into(kernel, v -> kernel = v);
        model.path("--initrd")
                .label("FILE")
                .described("Initial RAM disk for --kernel.")
                .into(initrd, v -> initrd = v);
        model.option(String.class, "--append")
                .label("TEXT")
                .described("Command line for --kernel or --multiboot.")
                .into(append, v -> append = v);
        model.path("--multiboot")
                .label("ELF")
                .described("A multiboot 1 kernel.")
                .into(multiboot, v -> multiboot = v);
        model.texts(
                "--module",
                "FILE[ TEXT]",
                "A module for --multiboot, with its command line behind the first space. May be repeated.",
                modules,
                v -> modules = v);
        model.path("--disk")
                .label("IMAGE")
                .described("A raw disk image, booted by SeaBIOS (or --bios).")
                .into(disk, v -> disk = v);
        model.flag(
                "--writable",
                "Writes of the guest go to the --disk image; else they stay in memory.",
                v -> writable = v);
        model.path("--bios")
                .label("ROM")
                .described("A firmware image at the reset vector.")
                .into(bios, v -> bios = v);
        model.option(String.class, "--flat")
                .label("FILE@ADDRESS")
                .described("A binary, started in real mode at a physical address below 1 MiB.")
                .into(flat, v -> flat = v);
        model.path("--root")
                .label("FOLDER")
                .described("Files below this folder may be read by PROGRAM (default: none but the program).")
                .into(root, v -> root = v);
    }

    /** The machine and what it is connected to. */
    private void addMachine(CommandModel model) {
        model.option(MemorySize.class, "--memory")
                .label("SIZE")
                .read(new MemorySize.Converter())
                .described("The machine's memory: bytes, or with K, M, G (default: ${DEFAULT-VALUE}).")
                .into(memory, v -> memory = v);
        model.option(String.class, "--serial")
                .label("stdio|null|FILE")
                .described("Where COM1 leads (default: ${DEFAULT-VALUE}).")
                .into(serial, v -> serial = v);
        model.option(String.class, "--vga-text")
                .label("FILE|-")
                .described("Write the text screen there at the end (-: standard output).")
                .into(vgaText, v -> vgaText = v);
        model.option(String.class, "--keys")
                .label("TEXT")
                .described("Text to type on the PS/2 keyboard, at the start.")
                .into(keys, v -> keys = v);
        model.option(String.class, "--debug-exit")
                .label("PORT")
                .described("A port whose write ends the run with status (value << 1) | 1; customary: 0xf4.")
                .into(debugExit, v -> debugExit = v);
    }

    /** How it is run. */
    private void addRun(CommandModel model) {
        model.option(GdbView.class, "--gdb-view")
                .label("program|machine")
                .read(new GdbViewConverter())
                .described("What gdb debugs if the guest is PROGRAM: it alone, from its entry point on, or the machine"
                        + " from power-on (default: ${DEFAULT-VALUE}).")
                .into(gdbView, v -> gdbView = v);
        model.option(Tier.class, "--tier")
                .label("interpreter|compiled")
                .read(new TierConverter())
                .described("How code is executed: compiled has 64-bit code that is executed often made into Java"
                        + " bytecode, on a second core. Results and traces are the same (default: ${DEFAULT-VALUE}).")
                .into(tier, v -> tier = v);
        model.option(long.class, "--max-instructions")
                .label("N")
                .described("Stop after so many instructions, with exit status 124.")
                .into(maxInstructions, v -> maxInstructions = v);
        model.flag("--quiet", "No messages but errors.", v -> quiet = v);
    }

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
