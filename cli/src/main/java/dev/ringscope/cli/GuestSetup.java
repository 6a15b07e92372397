package dev.ringscope.cli;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.Wiring;
import dev.ringscope.emulator.boot.FlatLoader;
import dev.ringscope.emulator.boot.Image;
import dev.ringscope.emulator.boot.LinuxLoader;
import dev.ringscope.emulator.boot.Loader;
import dev.ringscope.emulator.boot.MultibootLoader;
import dev.ringscope.emulator.insn.Worth;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.user.ProgramLoader;
import dev.ringscope.emulator.x86.Registers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A guest ready to be started: the machine's description, and what loads it. Made from {@link GuestOptions}. */
final class GuestSetup implements AutoCloseable {
    private static final String DEMONSTRATION = "/dev/ringscope/emulator/guest/demo.elf";

    private final GuestOptions options;
    private final String kind;
    private final String name;
    private final List<String> arguments = new ArrayList<>();
    private final Loader loader;
    private Optional<DiskGuest> firmware = Optional.empty();

    /** Reads the guest's files. */
    GuestSetup(GuestOptions options) throws IOException {
        this.options = options;
        kind = kind(options);
        switch (kind) {
            case "program" -> {
                name = fileName(InputFile.check(Path.of(options.program.getFirst())));
                arguments.addAll(options.program);
                loader = new ProgramLoader();
            }
            case "linux" -> {
                name = fileName(options.kernel);
                arguments.add(options.append);
                Optional<Image> initrd = options.initrd == null ? Optional.empty() : Optional.of(read(options.initrd));
                loader = new LinuxLoader(read(options.kernel), initrd, options.append, true);
            }
            case "multiboot" -> {
                name = fileName(options.multiboot);
                arguments.add(options.append);
                loader = new MultibootLoader(read(options.multiboot), modules(), options.append);
            }
            case "flat" -> {
                FlatLoader flat = flat(options.flat);
                name = fileName(Path.of(flat.image().name()));
                loader = flat;
            }
            case "disk", "rom" -> {
                name = fileName(options.disk == null ? options.bios : options.disk);
                firmware = Optional.of(new DiskGuest(options));
                loader = firmware.get().loader;
            }
            default -> {
                name = "demo";
                loader = new MultibootLoader(demonstration(), List.of(), "");
            }
        }
    }

    private static String kind(GuestOptions options) {
        if (!options.program.isEmpty()) {
            return "program";
        }
        if (options.kernel != null) {
            return "linux";
        }
        if (options.multiboot != null) {
            return "multiboot";
        }
        if (options.flat != null) {
            return "flat";
        }
        if (options.disk != null) {
            return "disk";
        }
        return options.bios != null ? "rom" : "demo";
    }

    private static Image read(Path file) throws IOException {
        return Image.read(InputFile.check(file));
    }

    private static String fileName(Path path) {
        return path.getFileName() == null ? path.toString() : path.getFileName().toString();
    }

    private List<MultibootLoader.Module> modules() throws IOException {
        List<MultibootLoader.Module> list = new ArrayList<>();
        for (String text : options.modules) {
            list.add(new MultibootLoader.Module(read(Path.of(text.split(" ", 2)[0])), text));
        }
        return list;
    }

    private static FlatLoader flat(String text) throws IOException {
        int at = text.lastIndexOf('@');
        try {
            long address = Long.decode(text.substring(at + 1));
            return new FlatLoader(read(Path.of(text.substring(0, at))), address);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new CommandFailure(
                    ExitStatus.USAGE, "--flat takes FILE@ADDRESS, for example boot.bin@0x7c00, found \"" + text + "\"");
        }
    }

    private static Image demonstration() throws IOException {
        try (InputStream in = Machine.class.getResourceAsStream(DEMONSTRATION)) {
            return new Image("the demonstration guest", in.readAllBytes());
        }
    }

    /** What a trace's file is called unless told otherwise. */
    String name() {
        return name;
    }

    /** Whether standard input is the program's, not COM1's. */
    boolean readsStandardInput() {
        return kind.equals("program");
    }

    MachineDescription description() {
        List<MachineDescription.Device> devices = new ArrayList<>(Machine.standardDevices());
        if (options.debugExitPort() >= 0) {
            TreeMap<String, String> properties = new TreeMap<>();
            properties.put("port", "0x%x".formatted(options.debugExitPort()));
            devices.add(new MachineDescription.Device("debug-exit", properties));
        }
        firmware.ifPresent(f -> devices.addAll(f.devices()));
        if (kind.equals("program")) {
            devices.add(ProgramGuest.device());
        }
        int rom = firmware.map(f -> f.loader.rom().length).orElse(0);
        return new MachineDescription(
                "x86_64",
                1,
                options.memory.bytes(),
                rom,
                devices,
                kind,
                name,
                arguments,
                new TreeMap<>(),
                Registers.list());
    }

    /** Builds the machine and loads the guest. @param logged data accesses are given to a recorder */
    Machine start(Wiring wiring, boolean logged) throws IOException {
        firmware.flatMap(f -> f.disk).ifPresent(disk -> wiring.connect("disk0", disk, options.writable));
        byte[] rom = firmware.map(f -> f.loader.rom()).orElse(new byte[0]);
        PhysicalMemory memory = EarlyStart.memory(options.memory.bytes(), rom);
        Machine machine = new Machine(description(), memory, wiring, logged);
        machine.load(loader);
        if (options.tier == Tier.COMPILED) {
            machine.compile(Worth.RUN);
        }
        if (kind.equals("program")) {
            ProgramGuest.attach(machine, options);
        }
        if (!options.keys.isEmpty()) {
            machine.send("keyboard", options.keys.getBytes(StandardCharsets.UTF_8));
        }
        return machine;
    }

    @Override
    public void close() throws IOException {
        if (firmware.isPresent() && firmware.get().disk.isPresent()) {
            firmware.get().disk.get().close();
        }
    }
}
