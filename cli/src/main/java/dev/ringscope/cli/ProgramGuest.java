package dev.ringscope.cli;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.user.HypercallPort;
import dev.ringscope.emulator.user.LinuxProcess;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/** A static Linux program in ring 3 under the built-in guest kernel. */
final class ProgramGuest {
    /** The same on every host, so that a recording does not depend on where it was made. */
    private static final List<String> ENVIRONMENT = List.of("PATH=/usr/bin:/bin", "HOME=/", "TERM=dumb", "LANG=C");

    private static final String DEVICE = "linux";

    private ProgramGuest() {}

    /** The device through which the built-in kernel asks. */
    static MachineDescription.Device device() {
        return new MachineDescription.Device(DEVICE, new TreeMap<>());
    }

    /** Lets the host answer for a program whose machine was just made; standard input is the program's. */
    static void attach(Machine machine, GuestOptions options) throws IOException {
        Path program = InputFile.check(Path.of(options.program.getFirst()));
        if (options.root != null && !Files.isDirectory(options.root)) {
            throw new CommandFailure(ExitStatus.NO_INPUT, options.root + ": --root takes a folder");
        }
        FileInputStream input = new FileInputStream(FileDescriptor.in);
        machine.device(DEVICE, HypercallPort.class)
                .attach(new LinuxProcess(machine, program, options.program, ENVIRONMENT, options.root, input));
    }
}
