package dev.ringscope.cli;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Wiring;
import dev.ringscope.emulator.device.ByteSink;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where the guest's output goes: COM1 to standard output, a file, or nothing; a program's streams to ours. Bytes go out
 * as they come.
 */
final class GuestConsole implements AutoCloseable {
    /** How the host says EPIPE. */
    private static final String BROKEN_PIPE = "Broken pipe";

    private final OutputStream serial;
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final OutputStream error = new FileOutputStream(FileDescriptor.err);
    private final String where;
    private final boolean standard;
    private volatile Machine machine;
    private volatile IOException failure;

    /** @param where {@code stdio}, {@code null}, or a file's name */
    GuestConsole(String where) throws IOException {
        this.where = where;
        standard = where.equals("stdio");
        serial = switch (where) {
            case "stdio" -> out;
            case "null" -> OutputStream.nullOutputStream();
            default ->
                new FileOutputStream(OutputFile.check(Path.of(where), true).toFile());
        };
    }

    Wiring wire() {
        return new Wiring(null)
                .connect("com1", value -> write(serial, value))
                .connect("debugcon", value -> write(serial, value))
                .connect("stdout", new ProgramStream(out))
                .connect("stderr", new ProgramStream(error));
    }

    /** A guest cannot be told that nobody listens any more: it is stopped, as a program is by SIGPIPE. */
    private void write(OutputStream stream, int value) {
        if (failure != null) {
            return;
        }
        try {
            stream.write(value);
        } catch (IOException e) {
            failure = e;
            machine.interrupt();
        }
    }

    /** A program is told that nobody reads what it writes, and gets its SIGPIPE. */
    private final class ProgramStream implements ByteSink {
        private final OutputStream stream;
        private boolean broken;

        ProgramStream(OutputStream stream) {
            this.stream = stream;
        }

        @Override
        public void accept(int value) {
            try {
                if (!broken && failure == null) {
                    stream.write(value);
                }
            } catch (IOException e) {
                broken = BROKEN_PIPE.equals(e.getMessage());
                if (!broken) {
                    failure = e;
                    machine.interrupt();
                }
            }
        }

        @Override
        public boolean broken() {
            return broken;
        }
    }

    /**
     * To be called before the first instruction. @param listen what comes on standard input goes to COM1, if it leads
     * there
     */
    void connect(Machine newMachine, boolean listen) {
        machine = newMachine;
        if (!standard || !listen) {
            return;
        }
        if (System.console() != null && System.console().isTerminal()) {
            newMachine.setPaced(true);
        }
        Thread reader = new Thread(this::copyInput, "serial input");
        reader.setDaemon(true);
        reader.start();
    }

    /** Until the end of it: a machine that is not needed any more must not be kept by a thread that waits for input. */
    private void copyInput() {
        InputStream in = new FileInputStream(FileDescriptor.in);
        byte[] buffer = new byte[256];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                Machine to = machine;
                if (to == null) {
                    return;
                }
                to.send("com1", Arrays.copyOf(buffer, n));
            }
        } catch (IOException e) {
            // no standard input is like one at its end
            return;
        }
    }

    /** @throws CommandFailure if something that the guest said could not be written */
    void check() {
        if (failure != null) {
            throw new CommandFailure(
                    ExitStatus.IO,
                    "the guest's output cannot be written to %s: %s"
                            .formatted(standard ? "standard output" : where, failure.getMessage()));
        }
    }

    @Override
    public void close() throws IOException {
        machine = null;
        if (!standard) {
            serial.close();
        }
    }
}
