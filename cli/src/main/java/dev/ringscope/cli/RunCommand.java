package dev.ringscope.cli;

import dev.ringscope.emulator.Machine;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ringscope run}: runs a guest without recording it. */
final class RunCommand implements Callable<Integer> {
    private final GuestOptions guest = new GuestOptions();
    private final GdbPorts gdb = new GdbPorts();

    CommandSpec describe() {
        CommandModel model = new CommandModel("run", "Run a guest without recording.", this);
        guest.addTo(model);
        gdb.addTo(model);
        return model.withHelp();
    }

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
