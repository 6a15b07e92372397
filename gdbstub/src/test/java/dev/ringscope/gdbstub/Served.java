package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A server for a test, on a thread and a free port of its own. */
public final class Served implements Closeable {
    private final GdbServer server;
    private final Thread thread;
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();

    /** The second port's address, or empty. */
    private final String i8086;

    public Served(Target target) throws IOException {
        this(target, false);
    }

    /** @param withI8086 whether to take a port for 16-bit code too */
    public Served(Target target, boolean withI8086) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = GdbServer.open(any, target);
        i8086 = withI8086 ? server.listenAsI8086(any) : "";
        thread = Thread.ofPlatform().start(() -> {
            try {
                ending.complete(server.run());
            } catch (Throwable e) {
                ending.completeExceptionally(e);
            }
        });
    }

    public InetSocketAddress address() {
        return server.address();
    }

    public String endpoint() {
        return server.endpoint();
    }

    public String i8086() {
        return i8086;
    }

    public RawClient client() throws IOException {
        return new RawClient(server.address());
    }

    /** A client that has introduced itself like gdb 13. */
    public RawClient gdb() throws IOException {
        RawClient client = client();
        client.ask("qSupported:multiprocess+;swbreak+;hwbreak+;qRelocInsn+;no-resumed+;xmlRegisters=i386");
        return client;
    }

    /** Waits for {@link GdbServer#run} to return. */
    public Ending ending() throws Exception {
        return ending.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        server.close();
        assertThat(ending).succeedsWithin(10, TimeUnit.SECONDS);
    }
}
