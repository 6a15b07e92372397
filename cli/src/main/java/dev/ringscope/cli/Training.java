package dev.ringscope.cli;

import dev.ringscope.proto.query.v1.GetStateRequest;
import dev.ringscope.proto.query.v1.GetTraceInfoRequest;
import dev.ringscope.proto.query.v1.ListAccessesRequest;
import dev.ringscope.proto.query.v1.ListCallsRequest;
import dev.ringscope.proto.query.v1.ListEventsRequest;
import dev.ringscope.proto.query.v1.ListFaultsRequest;
import dev.ringscope.proto.query.v1.ListInstructionsRequest;
import dev.ringscope.proto.query.v1.TraceServiceGrpc;
import dev.ringscope.trace.service.Endpoint;
import dev.ringscope.trace.service.ServerOptions;
import dev.ringscope.trace.service.TraceServer;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the launcher runs after a build, so that Java's ahead-of-time caches (JEP 483, 514, 515) know the classes that
 * the usual subcommands need and how they are used. There are two caches, because Java links every class of its cache
 * when it starts: one for {@code run} and {@code record}, for which the demonstration guest is run and recorded, and
 * one for all else, for which questions are asked too, by a client and a debugger of our own.
 */
final class Training {
    /** What gdb says when it connects, and some steps. */
    private static final String[] PACKETS = {
        "qSupported:multiprocess+;swbreak+;hwbreak+;qRelocInsn+;vContSupported+",
        "QStartNoAckMode",
        "?",
        "qXfer:features:read:target.xml:0,1000",
        "qXfer:threads:read::0,1000",
        "vCont?",
        "g",
        "m100010,40",
        "bs",
        "vCont;s:p1.1",
        "Z0,400044,1",
        "bc",
        "qRcmd,7768656e"
    };

    private Training() {}

    /** @param arguments where to leave the recording, and {@code guests} or {@code all} */
    public static void main(String[] arguments) throws IOException {
        String trace = arguments[0];
        Main.start("--version");
        Main.start("run");
        Main.start("record", "--force", "-o", trace);
        runImage(Path.of(trace + ".flat"));
        if (arguments[1].equals("guests")) {
            System.exit(ExitStatus.OK);
        }
        ask(trace);
    }

    /** A guest out of a file, which at once halts for good. */
    private static void runImage(Path file) throws IOException {
        byte[] cliHlt = {(byte) 0xfa, (byte) 0xf4};
        Files.write(file, cliHlt);
        try {
            Main.start("run", "--flat", file + "@0x7c00");
        } finally {
            Files.delete(file);
        }
    }

    private static void ask(String trace) throws IOException {
        Main.execute("info", trace);
        Main.execute("query", trace, "registers", "--from", "1000");
        Main.execute("query", trace, "traps", "--count", "3");
        Main.execute("query", trace, "instructions", "--count", "3");
        Main.execute("query", trace, "accesses", "--count", "3");
        Main.execute("query", trace, "accesses", "--kind", "write", "--address", "0x402000+0x1000");
        Main.execute("query", trace, "last-write", "--address", "0x402008");
        Main.execute("query", trace, "registers", "--from", "90%", "--count", "1");
        serve(Path.of(trace));
        int port;
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
            port = free.getLocalPort();
        }
        Thread.ofPlatform().daemon().start(() -> {
            talk(loopback, port);
            System.exit(ExitStatus.OK);
        });
        Main.execute("gdb", trace, "--at", "end", "--listen", Integer.toString(port));
        System.exit(ExitStatus.IO);
    }

    /** A server's first calls would load some thousand classes while their clients wait, and perhaps give up. */
    private static void serve(Path trace) throws IOException {
        Endpoint any = new Endpoint.Tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try (TraceServer server = TraceServer.open(any, ServerOptions.of(trace))) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(server.address())
                    .usePlaintext()
                    .build();
            var client = TraceServiceGrpc.newBlockingStub(channel);
            client.getTraceInfo(GetTraceInfoRequest.getDefaultInstance());
            client.getState(GetStateRequest.newBuilder().setPosition(1000).build());
            client.listEvents(ListEventsRequest.getDefaultInstance()).next();
            client.listInstructions(ListInstructionsRequest.getDefaultInstance())
                    .next();
            client.listAccesses(ListAccessesRequest.getDefaultInstance()).next();
            client.listCalls(ListCallsRequest.getDefaultInstance()).next();
            client.listFaults(ListFaultsRequest.getDefaultInstance()).next();
            channel.shutdownNow();
        }
    }

    private static void talk(InetAddress host, int port) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (System.nanoTime() < end) {
            try (Socket gdb = new Socket(host, port)) {
                gdb.setSoTimeout(10_000);
                for (String packet : PACKETS) {
                    ask(gdb, packet);
                }
                return;
            } catch (IOException e) {
                pause(); // it is not listening yet
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends a packet and reads to the end of its answer. */
    private static void ask(Socket gdb, String packet) throws IOException {
        int sum = packet.chars().sum() & 0xff;
        gdb.getOutputStream().write("$%s#%02x".formatted(packet, sum).getBytes(StandardCharsets.ISO_8859_1));
        InputStream in = gdb.getInputStream();
        int c = in.read();
        while (c >= 0 && c != '#') {
            c = in.read();
        }
        in.readNBytes(2);
    }
}
