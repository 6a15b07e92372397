package dev.ringscope.cli;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.Recorder;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ringscope run}: runs a guest without recording it. */
@Command(
        name = "run",
        description = "Run a guest without recording.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RunCommand implements Callable<Integer> {
    @Mixin
    private GuestOptions guest;

    @Option(
            names = "--gdb",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.class,
            description = "Wait for gdb there before the first instruction.")
    private InetSocketAddress gdb;

    @Override
    public Integer call() throws Exception {
        guest.check();
        try (GuestSetup setup = new GuestSetup(guest);
                GuestConsole console = new GuestConsole(guest.serial)) {
            Machine machine = setup.start(console.wire(), false);
            GuestRun run = new GuestRun(machine, guest, console, Recorder.NONE, gdb != null);
            console.connect(machine, !setup.readsStandardInput());
            return run.finish(run.run(gdb));
        }
    }
}
