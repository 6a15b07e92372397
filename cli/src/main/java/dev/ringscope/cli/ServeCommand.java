package dev.ringscope.cli;

import dev.ringscope.trace.service.Endpoint;
import dev.ringscope.trace.service.ServerOptions;
import dev.ringscope.trace.service.TraceServer;
import dev.ringscope.trace.symbols.Symbols;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ringscope serve}: answers questions to traces over gRPC. */
@Command(
        name = "serve",
        description = "Answer questions to traces over gRPC. What comes, goes or changes in a folder does so here too.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ServeCommand implements Callable<Integer> {
    private static final int MEBI = 20;

    @Spec
    private CommandSpec command;

    @Parameters(arity = "1..*", paramLabel = "FILE|DIR", description = "Traces, and folders of traces.")
    private List<Path> places = new ArrayList<>();

    @Mixin
    private ServeAddress address;

    @Option(
            names = "--symbols",
            paramLabel = "FILE[@OFFSET]",
            description =
                    "Name addresses of all traces after this file's symbols (ELF, nm, kallsyms). May be repeated.")
    private List<Path> symbolFiles = new ArrayList<>();

    @Option(
            names = "--cache",
            paramLabel = "MIB",
            description = "So many MiB for machines that re-execute traces (default: half of Java's heap).")
    private Integer cache;

    @Option(names = "--sessions", paramLabel = "N", description = "So many sessions at once (default: 256).")
    private Integer sessions;

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            description = "After so long a session expires, and a trace that nobody asks is closed (default: 600).")
    private Integer idleSeconds;

    @Option(
            names = "--metrics",
            paramLabel = "PORT",
            description = "Serve metrics for Prometheus at this port of the loopback interface, at /metrics.")
    private Integer metricsPort;

    @Override
    public Integer call() throws Exception {
        for (Path place : places) {
            check(place);
        }
        ServerOptions options = address.secure(command.commandLine(), options());
        Endpoint endpoint = address.endpoint(command.commandLine());
        try (TraceServer server = open(endpoint, options)) {
            Interruption.handle(() -> close(server));
            server.prepare();
            System.err.println("ringscope: gRPC on " + address.text(endpoint, server));
            if (metricsPort != null) {
                InetSocketAddress page = server.serveMetrics(loopback(metricsPort));
                System.err.println("ringscope: metrics on http://" + ListenAddress.text(page) + "/metrics");
            }
            server.awaitClose();
        }
        return ExitStatus.OK;
    }

    /** Says at once what is wrong with what was named. */
    private static void check(Path place) throws IOException {
        if (Files.isDirectory(place)) {
            if (!Files.isReadable(place)) {
                throw new CommandFailure(ExitStatus.NO_INPUT, place + ": permission denied");
            }
            return;
        }
        TraceFile.open(place).close();
    }

    private ServerOptions options() throws IOException {
        ServerOptions options = ServerOptions.of(places.toArray(Path[]::new)).withSymbols(symbols());
        if (cache != null) {
            options = options.withCacheBytes((long) positive("--cache", cache) << MEBI);
        }
        if (sessions != null) {
            options = options.withSessions(positive("--sessions", sessions));
        }
        return idleSeconds == null ? options : options.withIdle(Duration.ofSeconds(positive("--idle", idleSeconds)));
    }

    private Symbols symbols() throws IOException {
        return SymbolFiles.read(symbolFiles);
    }

    private int positive(String option, int value) {
        if (value <= 0) {
            throw new ParameterException(
                    command.commandLine(), "%s takes a number above 0, found %d".formatted(option, value));
        }
        return value;
    }

    private InetSocketAddress loopback(int port) {
        if (port < 0 || port > 0xffff) {
            throw new ParameterException(
                    command.commandLine(), "--metrics takes a port from 0 to 65535, found " + port);
        }
        return new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), port);
    }

    private TraceServer open(Endpoint endpoint, ServerOptions options) throws IOException {
        try {
            return TraceServer.open(endpoint, options);
        } catch (FileNotFoundException e) {
            throw new CommandFailure(ExitStatus.NO_INPUT, e.getMessage());
        } catch (IOException e) {
            boolean network = e instanceof SocketException || e.getCause() instanceof SocketException;
            boolean tcp = endpoint instanceof Endpoint.Tcp
                    && (network || e.getMessage().startsWith("Failed to bind"));
            String why = tcp ? "the port is in use, or the address is not this machine's" : e.getMessage();
            boolean binding = tcp || e instanceof BindException;
            throw new CommandFailure(
                    ExitStatus.IO, (binding ? "cannot listen on %s: ".formatted(address.text(endpoint)) : "") + why);
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
