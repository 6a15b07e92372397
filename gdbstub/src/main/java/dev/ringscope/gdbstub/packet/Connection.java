package dev.ringscope.gdbstub.packet;

import dev.ringscope.gdbstub.Interrupt;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * One client's connection: a reader thread cuts packets, acknowledges them and queues them for the session's thread, so
 * that an interrupt byte is seen at once while the target runs.
 *
 * <p>An interrupt belongs to the packet that it followed: it ends the run that this packet started, and is forgotten if
 * that run is over by then.
 */
public final class Connection implements Closeable {
    /** A client waits for each answer; only one that breaks the protocol gets so far ahead, and is cut off. */
    private static final int MOST_QUEUED = 256;

    /** How long, in milliseconds, a client may take to close its side. */
    private static final int LEAVING = 300;

    private static final byte[] ACKNOWLEDGED = {'+'};
    private static final byte[] REFUSED = {'-'};

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final PacketDecoder decoder;
    private final Thread reader;
    private final BlockingQueue<Incoming> queue = new ArrayBlockingQueue<>(MOST_QUEUED + 1);
    private final Object runLock = new Object();
    private Interrupt running;
    private boolean gone;
    private long received;
    private long taken;
    private long interruptedAfter = -1;
    private volatile boolean acknowledging = true;
    private byte[] lastSent;

    /** @param longestPacket the longest payload accepted, in bytes */
    public Connection(Socket socket, int longestPacket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.decoder = new PacketDecoder(longestPacket, new Arrivals());
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        reader = Thread.ofPlatform().daemon().name("gdb-reader").start(this::readAll);
    }

    /** Waits for the next thing to answer; after {@link Incoming.Gone} nothing follows. */
    public Incoming take() throws InterruptedException {
        Incoming next = queue.take();
        synchronized (runLock) {
            taken++;
        }
        return next;
    }

    /** Sends one packet; escapes, checksum and framing are added. */
    public void send(byte[] payload) throws IOException {
        byte[] frame = PacketCodec.frame(payload);
        synchronized (out) {
            lastSent = frame;
            out.write(frame);
        }
    }

    /** From now on neither side acknowledges; the answer to QStartNoAckMode is sent after this. */
    public void stopAcknowledging() {
        acknowledging = false;
    }

    /**
     * Begins a run on behalf of the packet taken last; the interrupt is requested by {@code ^C} or when the client
     * goes.
     */
    public Interrupt startRun() {
        synchronized (runLock) {
            running = new Interrupt();
            if (gone || interruptedAfter >= taken) {
                running.request();
            }
            return running;
        }
    }

    public void endRun() {
        synchronized (runLock) {
            running = null;
        }
    }

    /** Ends the stream towards the client and gives it time to read what was sent and to leave; then closes. */
    public void finish() throws InterruptedException {
        try {
            socket.shutdownOutput();
            reader.join(Duration.ofMillis(LEAVING));
        } catch (IOException e) {
            // The client was faster in closing.
        }
        close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to be done for this client.
        }
    }

    private void readAll() {
        byte[] buffer = new byte[1 << 16];
        try {
            for (int n; (n = in.read(buffer)) >= 0; ) {
                decoder.feed(buffer, 0, n);
            }
        } catch (IOException e) {
            // A broken connection is a client that has gone.
        }
        clientGone();
    }

    private void clientGone() {
        synchronized (runLock) {
            if (gone) {
                return;
            }
            gone = true;
            queue.add(new Incoming.Gone());
            if (running != null) {
                running.request();
            }
        }
    }

    private void enqueue(Incoming item) {
        synchronized (runLock) {
            if (gone) {
                return;
            }
            received++;
            if (queue.size() < MOST_QUEUED) {
                queue.add(item);
                return;
            }
        }
        close();
        clientGone();
    }

    private void write(byte[] bytes) {
        try {
            synchronized (out) {
                out.write(bytes);
            }
        } catch (IOException e) {
            clientGone();
        }
    }

    /** What the decoder finds, on the reader's thread. */
    private final class Arrivals implements PacketDecoder.Sink {
        @Override
        public void packet(byte[] payload) {
            arrived(new Incoming.Packet(payload));
        }

        @Override
        public void malformed(String why) {
            arrived(new Incoming.Malformed(why));
        }

        private void arrived(Incoming item) {
            if (acknowledging) {
                write(ACKNOWLEDGED);
            }
            enqueue(item);
        }

        @Override
        public void damaged() {
            if (acknowledging) {
                write(REFUSED);
            }
        }

        @Override
        public void acknowledged() {
            // Answers are sent once, and again only if refused: there is nothing to wait for.
        }

        @Override
        public void refused() {
            byte[] again;
            synchronized (out) {
                again = lastSent;
            }
            if (acknowledging && again != null) {
                write(again);
            }
        }

        @Override
        public void interrupt() {
            synchronized (runLock) {
                interruptedAfter = received;
                if (running != null) {
                    running.request();
                }
            }
        }
    }
}
