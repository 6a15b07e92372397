package dev.ringscope.gdbstub;

import dev.ringscope.gdbstub.command.RegisterView;
import dev.ringscope.gdbstub.command.Session;
import dev.ringscope.gdbstub.packet.Connection;
import dev.ringscope.gdbstub.packet.PacketCodec;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Lets one client in at a time, whichever port it comes to, on threads of its own, and tells any other that the stub is
 * taken.
 */
final class Doorkeeper {
    private static final String TAKEN = "E.this gdb stub is taken by another client";
    /** How long, in milliseconds, a client waits for the one before to leave before it is turned away. */
    private static final int GRACE = 500;
    /** How long, in milliseconds, a client that was turned away may take to ask its first question and to leave. */
    private static final int PATIENCE = 2000;
    /** So many clients wait or are turned away at a time; whoever comes then finds the door shut at once. */
    private static final int MOST_WAITING = 64;
    /** How long, in milliseconds, to wait when the system has no connection to spare. */
    private static final int EXHAUSTED = 100;

    /** A port, and how its clients see the registers. */
    private record Door(ServerSocket listener, RegisterView view) {}

    /** A client that was let in. */
    record Visitor(Connection connection, RegisterView view) {}

    private final List<Door> doors = new ArrayList<>();
    private Visitor current;
    private boolean waiting;
    private boolean closed;
    private int turnedAway;
    private Interrupt detachedRun = new Interrupt();

    /** Another port; to be called before {@link #start}. */
    void add(ServerSocket listener, RegisterView view) {
        doors.add(new Door(listener, view));
    }

    void start() {
        for (Door door : doors) {
            Thread.ofPlatform().daemon().name("gdb-doorkeeper").start(() -> acceptAll(door));
        }
    }

    /** Waits for the next client; empty once closed. */
    synchronized Optional<Visitor> next() throws InterruptedException {
        while (!waiting && !closed) {
            wait();
        }
        waiting = false;
        return closed ? Optional.empty() : Optional.of(current);
    }

    /** The client's session is over: the next one may come. */
    void left(Visitor client) throws InterruptedException {
        client.connection().finish();
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
                current.connection().close();
            }
            detachedRun.request();
            notifyAll();
        }
        for (Door door : doors) {
            try {
                door.listener().close();
            } catch (IOException e) {
                // It no longer listens, which is what was wanted.
            }
        }
    }

    private void acceptAll(Door door) {
        while (true) {
            try {
                Socket socket = door.listener().accept();
                if (!letIn(socket, door)) {
                    keepWaiting(socket, door);
                }
            } catch (IOException e) {
                if (door.listener().isClosed() || !pause()) {
                    close();
                    return;
                }
            }
        }
    }

    /** Waits until there may be file descriptors again. */
    private synchronized boolean pause() {
        try {
            wait(EXHAUSTED);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private synchronized boolean letIn(Socket socket, Door door) {
        if (current != null || closed) {
            return false;
        }
        try {
            current = new Visitor(new Connection(socket, Session.PACKET_SIZE), door.view());
        } catch (IOException e) {
            // Gone before it was in; turning it away closes the socket.
            return false;
        }
        waiting = true;
        detachedRun.request();
        notifyAll();
        return true;
    }

    private void keepWaiting(Socket socket, Door door) throws IOException {
        synchronized (this) {
            if (turnedAway == MOST_WAITING || closed) {
                socket.close();
                return;
            }
            turnedAway++;
        }
        Thread.ofVirtual().name("gdb-second-client").start(() -> second(socket, door));
    }

    /**
     * A client that comes while another is there: perhaps the other is just leaving, as when gdb detaches and connects
     * anew.
     */
    private void second(Socket socket, Door door) {
        try {
            waitForRoom();
            if (!letIn(socket, door)) {
                turnAway(socket);
            }
        } finally {
            synchronized (this) {
                turnedAway--;
            }
        }
    }

    private synchronized void waitForRoom() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE);
        long left = GRACE;
        while (current != null && !closed && left > 0) {
            try {
                wait(left);
            } catch (InterruptedException e) {
                return;
            }
            left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
    }

    /**
     * gdb hears only what answers a question, so waits for its first one; and lets it read the answer before closing.
     */
    private static void turnAway(Socket socket) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE);
        try (socket) {
            socket.setSoTimeout(PATIENCE);
            byte[] asked = new byte[4096];
            int n = socket.getInputStream().read(asked);
            if (n > 0) {
                socket.getOutputStream().write('+');
                socket.getOutputStream().write(PacketCodec.frame(TAKEN.getBytes(StandardCharsets.US_ASCII)));
                socket.shutdownOutput();
                while (socket.getInputStream().read(asked) > 0 && System.nanoTime() < deadline) {}
            }
        } catch (IOException e) {
            // It was not to stay anyway.
        }
    }
}
