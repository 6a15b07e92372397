package dev.ringscope.cli;

import dev.ringscope.trace.service.Endpoint;
import dev.ringscope.trace.service.ServerOptions;
import dev.ringscope.trace.service.TraceServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a server listens, and what it asks of who connects. Beyond this machine only with encryption and something that
 * tells clients from others, unless the user insists.
 */
final class ServeAddress {
    private static final int CUSTOMARY_PORT = 50051;
    private static final String UNIX = "unix:";
    private static final int LONGEST_TOKEN = 4096;

    @Option(
            names = "--listen",
            paramLabel = "[HOST:]PORT|unix:PATH",
            description = "Where clients connect (default: port 50051 on the loopback interface; 0 takes any free one)."
                    + " Another host needs --tls-cert and --token-file or --tls-client-ca.")
    private String listen = Integer.toString(CUSTOMARY_PORT);

    @Option(names = "--tls-cert", paramLabel = "PEM", description = "Encrypt; show this chain of certificates.")
    private Path certificate;

    @Option(names = "--tls-key", paramLabel = "PEM", description = "The certificate's private key (PKCS#8).")
    private Path key;

    @Option(
            names = "--tls-client-ca",
            paramLabel = "PEM",
            description = "Let in only clients with a certificate of this authority.")
    private Path clientCa;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Let in only calls with \"authorization: Bearer\" and this file's one word.")
    private Path tokenFile;

    @Option(names = "--insecure", description = "Listen beyond this machine without encryption or without a check.")
    private boolean insecure;

    Endpoint endpoint(CommandLine command) {
        if (listen.startsWith(UNIX)) {
            if (listen.length() == UNIX.length()) {
                throw new ParameterException(command, "--listen unix: needs a path");
            }
            return new Endpoint.Unix(Path.of(listen.substring(UNIX.length())));
        }
        InetSocketAddress address;
        try {
            address = new ListenAddress().convert(listen);
        } catch (TypeConversionException e) {
            throw new ParameterException(
                    command,
                    "Invalid value for option '--listen': expected [HOST:]PORT or unix:PATH, found \"" + listen + "\": "
                            + e.getMessage());
        }
        if (address.isUnresolved()) {
            throw new CommandFailure(ExitStatus.IO, "cannot listen on " + address.getHostString() + ": no such host");
        }
        return new Endpoint.Tcp(address);
    }

    /** Adds encryption and token, and refuses or warns of what strangers could use. */
    ServerOptions secure(CommandLine command, ServerOptions plain) throws IOException {
        if ((certificate == null) != (key == null)) {
            throw new ParameterException(command, "--tls-cert and --tls-key are given together");
        }
        if (clientCa != null && certificate == null) {
            throw new ParameterException(command, "--tls-client-ca needs --tls-cert and --tls-key");
        }
        ServerOptions options = plain;
        if (certificate != null) {
            options = options.withTls(new ServerOptions.Tls(
                    InputFile.check(certificate),
                    InputFile.check(key),
                    Optional.ofNullable(clientCa).map(InputFile::check)));
        }
        if (tokenFile != null) {
            options = options.withToken(token());
        }
        if (!local(endpoint(command))) {
            judge(command);
        }
        return options;
    }

    private static boolean local(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Unix _ -> true;
            case Endpoint.Tcp tcp -> tcp.address().getAddress().isLoopbackAddress();
        };
    }

    private void judge(CommandLine command) {
        boolean encrypted = certificate != null;
        boolean checked = tokenFile != null || clientCa != null;
        if (encrypted && checked) {
            return;
        }
        String lack = encrypted
                ? "anybody who reaches " + listen + " can ask (--token-file or --tls-client-ca changes that)"
                : "what goes over " + listen + " is not encrypted (--tls-cert and --tls-key change that)"
                        + (checked ? "" : ", and anybody can ask");
        if (!insecure) {
            throw new ParameterException(command, lack + "; --insecure accepts it");
        }
        System.err.println("ringscope: warning: " + lack);
    }

    private String token() throws IOException {
        byte[] bytes = Files.readAllBytes(InputFile.check(tokenFile));
        String token = new String(bytes, StandardCharsets.US_ASCII).strip();
        if (token.isEmpty() || token.length() > LONGEST_TOKEN || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new CommandFailure(
                    ExitStatus.DATA,
                    "%s: expected a token: one word of 1 to %d printable ASCII characters"
                            .formatted(tokenFile, LONGEST_TOKEN));
        }
        return token;
    }

    /** As the user would write it, with the port that was taken. */
    String text(Endpoint endpoint, TraceServer server) {
        return switch (endpoint) {
            case Endpoint.Unix unix -> UNIX + unix.path();
            case Endpoint.Tcp _ -> ListenAddress.text(server.address());
        };
    }

    /** As the user would write it. */
    String text(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Unix unix -> UNIX + unix.path();
            case Endpoint.Tcp tcp -> ListenAddress.text(tcp.address());
        };
    }
}
