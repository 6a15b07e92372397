package dev.ringscope.cli;

import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.service.TraceServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringscope serve}: answers questions to a trace over gRPC. */
@Command(
        name = "serve",
        description = "Answer questions to a trace over gRPC, unencrypted.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ServeCommand implements Callable<Integer> {
    private static final int CUSTOMARY_PORT = 50051;

    @Parameters(paramLabel = "FILE", description = "A trace.")
    private Path file;

    @Option(
            names = "--listen",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.class,
            description =
                    "Where clients connect (default: port 50051 on the loopback interface; 0 takes any free one).")
    private InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), CUSTOMARY_PORT);

    @Override
    public Integer call() throws Exception {
        TraceReader trace = TraceFile.open(file);
        try (TraceServer server = open(trace)) {
            Interruption.handle(() -> close(server));
            System.err.println("ringscope: gRPC on " + ListenAddress.text(server.address()));
            server.awaitClose();
        }
        return ExitStatus.OK;
    }

    private TraceServer open(TraceReader trace) throws IOException {
        if (listen.isUnresolved()) {
            trace.close();
            throw new CommandFailure(ExitStatus.IO, "cannot listen on " + listen.getHostString() + ": no such host");
        }
        try {
            return TraceServer.open(listen, trace);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitStatus.IO,
                    "cannot listen on %s: the port is in use, or the address is not this machine's"
                            .formatted(ListenAddress.text(listen)));
        }
    }

    private static void close(TraceServer server) {
        try {
            server.close();
        } catch (IOException e) {
            System.err.println("ringscope: " + e.getMessage());
        }
    }
}
