package dev.ringscope.cli;

import dev.ringscope.cli.debug.BranchingGuest;
import dev.ringscope.cli.debug.Guest;
import dev.ringscope.cli.debug.LiveGuest;
import dev.ringscope.cli.debug.RecentEvents;
import dev.ringscope.cli.debug.RecordingGuest;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.device.Vga;
import dev.ringscope.gdbstub.GdbServer;
import dev.ringscope.trace.TraceRecorder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A guest while it runs: to its end or under gdb, with Ctrl-C ending it in good order. */
final class GuestRun implements AutoCloseable {
    private final Machine machine;
    private final GuestOptions options;
    private final GuestConsole console;
    private final Progress progress;
    private final Interruption interruption;
    private final RecentEvents recent;
    private final TraceRecorder trace;
    private volatile GdbServer server;

    /** @param trace who records what the machine does, or null */
    GuestRun(Machine machine, GuestOptions options, GuestConsole console, TraceRecorder trace, boolean debugged) {
        Recorder recorder = trace == null ? Recorder.NONE : trace;
        this.trace = trace;
        this.machine = machine;
        this.options = options;
        this.console = console;
        if (options.vgaText != null && !options.vgaText.equals("-")) {
            OutputFile.check(Path.of(options.vgaText), true);
        }
        progress = new Progress(machine, options.quiet);
        recent = new RecentEvents(recorder);
        if (debugged) {
            machine.setRecorder(recent);
        } else if (recorder != Recorder.NONE) {
            machine.setRecorder(recorder);
        }
        interruption = Interruption.handle(this::interrupt);
    }

    private void interrupt() {
        machine.interrupt();
        if (server != null) {
            server.close();
        }
    }

    Progress progress() {
        return progress;
    }

    /** @param gdb where to wait for gdb before the first instruction, if anywhere */
    StopReason run(GdbPorts gdb) throws IOException, InterruptedException {
        return gdb.given() ? underGdb(gdb) : toTheEnd();
    }

    private StopReason toTheEnd() {
        while (true) {
            long next = Math.min(options.maxInstructions, machine.position() + Progress.STRIDE);
            StopReason reason = machine.run(next);
            if (reason != StopReason.LIMIT || machine.position() >= options.maxInstructions) {
                return reason;
            }
            progress.show();
        }
    }

    /** Lets gdb decide; after it has gone for good the guest's state says how it ended. */
    private StopReason underGdb(GdbPorts gdb) throws IOException, InterruptedException {
        LiveGuest live = new LiveGuest(machine, recent, options.maxInstructions);
        if (trace == null) {
            serve(gdb, live);
        } else {
            try (RecordingGuest recorded = new RecordingGuest(live, trace);
                    BranchingGuest branching = new BranchingGuest(recorded, RecordCommand::options)) {
                serve(gdb, branching);
            }
        }
        return live.lastReason();
    }

    private void serve(GdbPorts gdb, Guest guest) throws IOException, InterruptedException {
        try (GdbServer opened = gdb.open(options.gdbView.of(guest))) {
            server = opened;
            System.err.println("ringscope: waiting for gdb on " + opened.endpoint());
            opened.run();
        }
    }

    /** Says how it ended, and gives the exit status. To be called when everything is closed. */
    int finish(StopReason reason) throws IOException {
        progress.clear();
        showScreen();
        if (!options.quiet || reason == StopReason.TRIPLE_FAULT) {
            System.err.println("ringscope: " + Endings.describe(reason, machine));
        }
        console.check();
        boolean signalled = reason == StopReason.INTERRUPTED && interruption.status() != 0;
        return signalled ? interruption.status() : ExitStatus.of(reason, machine.exitStatus());
    }

    /** Ctrl-C no longer asks it to end. */
    @Override
    public void close() {
        interruption.close();
    }

    private void showScreen() throws IOException {
        if (options.vgaText == null) {
            return;
        }
        byte[] text = machine.device("vga", Vga.class).text().getBytes(StandardCharsets.UTF_8);
        if (options.vgaText.equals("-")) {
            new FileOutputStream(FileDescriptor.out).write(text);
            return;
        }
        try (OutputStream out = new FileOutputStream(Path.of(options.vgaText).toFile())) {
            out.write(text);
        }
    }
}
