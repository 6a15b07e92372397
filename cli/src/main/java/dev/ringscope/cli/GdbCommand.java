package dev.ringscope.cli;

import dev.ringscope.cli.debug.BranchingGuest;
import dev.ringscope.cli.debug.Guest;
import dev.ringscope.cli.debug.RecordedGuest;
import dev.ringscope.gdbstub.GdbServer;
import dev.ringscope.trace.Position;
import dev.ringscope.trace.TraceReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ringscope gdb}: lets gdb debug a recording. */
@Command(
        name = "gdb",
        description = "Let gdb debug a recording, forwards and backwards.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class GdbCommand implements Callable<Integer> {
    static final int CUSTOMARY_PORT = 1234;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A trace.")
    private Path file;

    @Option(
            names = "--listen",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.class,
            description = "Where gdb connects (default: port 1234 on the loopback interface; 0 takes any free one).")
    private InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), CUSTOMARY_PORT);

    @Option(
            names = "--gdb-i8086",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.class,
            description = "A second port, on which gdb disassembles 16-bit code.")
    private InetSocketAddress i8086;

    @Option(
            names = "--at",
            paramLabel = "N",
            description =
                    "The position where it stands at first, like 1500000, 1_500k, 50%%, start or end (default: start).")
    private String at = "start";

    @Option(
            names = "--gdb-view",
            paramLabel = "program|machine",
            converter = GdbViewConverter.class,
            description = "What gdb debugs of a recorded program: it alone, from its entry point on, or the machine"
                    + " from power-on (default: ${DEFAULT-VALUE}).")
    private GdbView gdbView = GdbView.PROGRAM;

    @Override
    public Integer call() throws Exception {
        try (TraceReader trace = TraceFile.open(file)) {
            Guest recorded = new RecordedGuest(trace, position(trace));
            try (BranchingGuest guest = new BranchingGuest(recorded, RecordCommand::options);
                    GdbServer server = GdbPorts.open(listen, i8086, gdbView.of(guest))) {
                Interruption.handle(server::close);
                System.err.println("ringscope: waiting for gdb on " + server.endpoint());
                server.run();
            }
        }
        return ExitStatus.OK;
    }

    private long position(TraceReader trace) {
        try {
            long position = Position.parse(at, trace.endPosition());
            if (position <= trace.endPosition()) {
                return position;
            }
            throw new IllegalArgumentException(
                    "position %,d is behind the trace's end at %,d".formatted(position, trace.endPosition()));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
