package dev.ringscope.cli;

import dev.ringscope.emulator.Machine;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ringscope run}: runs a guest without recording it. */
@Command(
        name = "run",
        description = "Run a guest without recording.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RunCommand implements Callable<Integer> {
    @Mixin
    private GuestOptions guest;

    @Mixin
    private GdbPorts gdb;

    @Override
    public Integer call() throws Exception {
        guest.check();
        try (GuestSetup setup = new GuestSetup(guest);
                GuestConsole console = new GuestConsole(guest.serial)) {
            Machine machine = setup.start(console.wire(), false);
            try (GuestRun run = new GuestRun(machine, guest, console, null, gdb.given())) {
                console.connect(machine, !setup.readsStandardInput());
                return run.finish(run.run(gdb));
            }
        }
    }
}
