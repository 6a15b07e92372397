package dev.ringscope.gdbstub;

import dev.ringscope.gdbstub.command.Session;
import dev.ringscope.gdbstub.packet.Connection;
import dev.ringscope.gdbstub.packet.PacketCodec;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Lets one client in at a time, on a thread of its own, and tells any other that the stub is taken. */
final class Doorkeeper {
    private static final String TAKEN = "E.this gdb stub is taken by another client";
    /** How long, in milliseconds, a client waits for the one before to leave before it is turned away. */
    private static final int GRACE = 1000;
    /** How long, in milliseconds, a client that was turned away may take to ask its first question and to leave. */
    private static final int PATIENCE = 2000;

    private final ServerSocket listener;
    private Connection current;
    private boolean waiting;
    private boolean closed;
    private Interrupt detachedRun = new Interrupt();

    Doorkeeper(ServerSocket listener) {
        this.listener = listener;
    }

    void start() {
        Thread.ofPlatform().daemon().name("gdb-doorkeeper").start(this::acceptAll);
    }

    /** Waits for the next client; empty once closed. */
    synchronized Optional<Connection> next() throws InterruptedException {
        while (!waiting && !closed) {
            wait();
        }
        waiting = false;
        return closed ? Optional.empty() : Optional.of(current);
    }

    /** The client's session is over: the next one may come. */
    void left(Connection client) throws InterruptedException {
        client.finish();
        synchronized (this) {
            current = null;
            notifyAll();
        }
    }

    /** Requested as soon as a client comes or the server is closed. */
    synchronized Interrupt untilSomebodyComes() {
        detachedRun = new Interrupt();
        if (waiting || closed) {
            detachedRun.request();
        }
        return detachedRun;
    }

    void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (current != null) {
                current.close();
            }
            detachedRun.request();
            notifyAll();
        }
        try {
            listener.close();
        } catch (IOException e) {
            // It no longer listens, which is what was wanted.
        }
    }

    private void acceptAll() {
        while (true) {
            Socket socket;
            try {
                socket = listener.accept();
            } catch (IOException e) {
                close();
                return;
            }
            if (!letIn(socket)) {
                Thread.ofVirtual().name("gdb-second-client").start(() -> second(socket));
            }
        }
    }

    private synchronized boolean letIn(Socket socket) {
        if (current != null || closed) {
            return false;
        }
        try {
            current = new Connection(socket, Session.PACKET_SIZE);
        } catch (IOException e) {
            // Gone before it was in; turning it away closes the socket.
            return false;
        }
        waiting = true;
        detachedRun.request();
        notifyAll();
        return true;
    }

    /**
     * A client that comes while another is there: perhaps the other is just leaving, as when gdb detaches and connects
     * anew.
     */
    private void second(Socket socket) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE);
        synchronized (this) {
            long left = GRACE;
            while (current != null && !closed && left > 0) {
                try {
                    wait(left);
                } catch (InterruptedException e) {
                    break;
                }
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
        }
        if (!letIn(socket)) {
            turnAway(socket);
        }
    }

    /**
     * gdb hears only what answers a question, so waits for its first one; and lets it read the answer before closing.
     */
    private static void turnAway(Socket socket) {
        try (socket) {
            socket.setSoTimeout(PATIENCE);
            byte[] asked = new byte[4096];
            int n = socket.getInputStream().read(asked);
            if (n > 0) {
                socket.getOutputStream().write('+');
                socket.getOutputStream().write(PacketCodec.frame(TAKEN.getBytes(StandardCharsets.US_ASCII)));
                socket.shutdownOutput();
                while (socket.getInputStream().read(asked) > 0) {}
            }
        } catch (IOException e) {
            // It was not to stay anyway.
        }
    }
}
