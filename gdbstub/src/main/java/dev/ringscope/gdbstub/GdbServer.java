package dev.ringscope.gdbstub;

import dev.ringscope.gdbstub.Doorkeeper.Visitor;
import dev.ringscope.gdbstub.command.Inferior;
import dev.ringscope.gdbstub.command.RegisterView;
import dev.ringscope.gdbstub.command.Session;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/**
 * Listens for gdb and lets one client at a time debug a {@link Target}; a client that goes, in whatever way, makes room
 * for the next. What the target is asked to do is done on the thread that calls {@link #run}.
 */
public final class GdbServer implements Closeable {
    private static final System.Logger LOG = System.getLogger("dev.ringscope.gdbstub");

    private final ServerSocket listener;
    private final Target target;
    private final Doorkeeper doorkeeper = new Doorkeeper();

    private GdbServer(ServerSocket listener, Target target) {
        this.listener = listener;
        this.target = target;
        doorkeeper.add(listener, RegisterView.whole(target));
    }

    /**
     * Binds the port; clients may connect from now on and wait for {@link #run}.
     *
     * @param address where to listen; port 0 takes any free one. An address that is not loopback lets anyone who
     *     reaches it control the target
     * @throws IOException with a message fit for the user if the port is in use or the address isn't ours
     */
    public static GdbServer open(InetSocketAddress address, Target target) throws IOException {
        return new GdbServer(listen(address), target);
    }

    /**
     * Takes a second port, on which the same target is an i8086 with 32-bit registers, so that gdb disassembles real
     * mode: {@link X86Description#i8086()}. A client there and one at the other port take turns like any two. To be
     * called before {@link #run}.
     *
     * @param address where to listen; port 0 takes any free one
     * @return the address as the user gives it to gdb, with the port that was taken
     * @throws IOException as {@link #open}
     * @throws IllegalArgumentException if the target is no x86-64
     */
    public String listenAsI8086(InetSocketAddress address) throws IOException {
        RegisterView view = RegisterView.i8086(target);
        ServerSocket second = listen(address);
        doorkeeper.add(second, view);
        return text((InetSocketAddress) second.getLocalSocketAddress());
    }

    private static ServerSocket listen(InetSocketAddress address) throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("cannot listen for gdb on " + address.getHostString() + ": no such host");
        }
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(address);
        } catch (IOException e) {
            listener.close();
            String why = e instanceof BindException ? "the port is in use, or the address is not this machine's" : "";
            throw new IOException(
                    "cannot listen for gdb on " + text(address) + ": " + (why.isEmpty() ? e.getMessage() : why), e);
        }
        return listener;
    }

    /** Where it listens, with the port that was taken. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** The address as the user gives it to gdb's {@code target remote}: {@code HOST:PORT}. */
    public String endpoint() {
        return text(address());
    }

    /**
     * Serves clients, one after the other, until the target has exited and its client has gone, a client kills it, or
     * the server is closed. To be called once.
     */
    public Ending run() throws InterruptedException {
        Inferior inferior = new Inferior(target);
        doorkeeper.start();
        try {
            boolean detached = false;
            while (true) {
                if (detached && inferior.runsDetached()) {
                    runDetached(inferior);
                    detached = false;
                }
                if (inferior.ended()) {
                    return Ending.EXITED;
                }
                Optional<Visitor> client = doorkeeper.next();
                if (client.isEmpty()) {
                    return Ending.CLOSED;
                }
                switch (serve(client.get(), inferior)) {
                    case KILLED -> {
                        return Ending.KILLED;
                    }
                    case CLOSED -> {
                        return Ending.CLOSED;
                    }
                    case DETACHED -> detached = true;
                    case GONE -> detached = false;
                }
            }
        } finally {
            close();
        }
    }

    /** Ends {@link #run}, from any thread; a client is cut off and a running target interrupted. */
    @Override
    public void close() {
        doorkeeper.close();
    }

    private Session.End serve(Visitor client, Inferior inferior) throws InterruptedException {
        try {
            return new Session(client.connection(), inferior, client.view()).serve();
        } finally {
            doorkeeper.left(client);
        }
    }

    private void runDetached(Inferior inferior) {
        Interrupt interrupt = doorkeeper.untilSomebodyComes();
        try {
            inferior.runDetached(interrupt);
        } catch (RefusedException e) {
            LOG.log(System.Logger.Level.WARNING, "the target does not run on after detach: " + e.getMessage());
        }
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
