package dev.ringscope.gdbstub.packet;

import dev.ringscope.gdbstub.Interrupt;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * One client's connection. Whoever waits for the client reads the socket: the session's thread itself between two
 * packets, since handing each packet from one thread to another costs more than answering it. Only when a run takes
 * long does the {@link Lookout} read, so that an interrupt byte or the client's leaving ends it; a packet that it finds
 * is queued for the session.
 *
 * <p>An interrupt belongs to the packet that it followed: it ends the run that this packet started. If that run is over
 * by then, the client may be stepping through a loop of short ones, with packets of other kinds between them, as gdb
 * does for a software watchpoint: the next run ends at once if it begins right after.
 */
public final class Connection implements Closeable {
    /** A client waits for each answer; only one that breaks the protocol gets so far ahead, and is cut off. */
    private static final int MOST_QUEUED = 256;

    /** How long, in milliseconds, a client may take to close its side. */
    private static final int LEAVING = 300;

    /** How long, in milliseconds, an interrupt that missed its run waits for the next; the user has thought by then. */
    private static final int LATE = 500;

    private static final byte[] ACKNOWLEDGED = {'+'};
    private static final byte[] REFUSED = {'-'};

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final PacketDecoder decoder;
    private final Lookout lookout = new Lookout(this);
    private final byte[] buffer = new byte[1 << 16];
    private final Queue<Incoming> queue = new ArrayDeque<>();
    private final Object runLock = new Object();
    private Interrupt running;
    private boolean untilNews;
    private boolean reading;
    private boolean gone;
    private long received;
    private long taken;
    private long interruptedAfter = -1;
    private long runFor = -1;
    /** What {@link #runFor} was for the run that an interrupt has ended: another one for that run is no news. */
    private long interruptedRun = -1;

    private OptionalLong lateInterrupt = OptionalLong.empty();
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
    }

    /** Waits for the next thing to answer; after {@link Incoming.Gone} nothing follows. */
    public Incoming take() throws InterruptedException {
        while (true) {
            Optional<Incoming> next = poll();
            if (next.isPresent()) {
                return next.get();
            }
            read();
        }
    }

    /** What has arrived, once nobody else is reading; then the caller is the one who reads. */
    private Optional<Incoming> poll() throws InterruptedException {
        synchronized (runLock) {
            while (queue.isEmpty() && reading) {
                runLock.wait();
            }
            if (queue.isEmpty() && gone) {
                return Optional.of(new Incoming.Gone());
            }
            if (queue.isEmpty()) {
                reading = true;
                return Optional.empty();
            }
            taken++; // who has brought it may still be busy with what it read
            return Optional.of(queue.remove());
        }
    }

    /** Sends one packet; escapes, checksum and framing are added. */
    public void send(byte[] payload) throws IOException {
        byte[] frame = PacketCodec.frame(payload);
        synchronized (out) {
            lastSent = frame;
            out.write(frame);
        }
    }

    /** Sends a notification; it may come between a packet and its answer. */
    public void tell(byte[] payload) throws IOException {
        synchronized (out) {
            out.write(PacketCodec.notification(payload));
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
            boolean late = interruptedJustNow(); // one interrupt ends one run, whatever it is told by
            if (gone || interruptedAfter >= taken || late) {
                running.request();
            }
            runFor = taken;
            lookout.runBegins();
            return running;
        }
    }

    /** Begins a run that whatever the client sends interrupts, so that it can be answered. */
    public Interrupt startRunUntilNews() {
        synchronized (runLock) {
            running = new Interrupt();
            untilNews = true;
            if (hasNews()) {
                running.request();
            }
            lookout.runBegins();
            return running;
        }
    }

    /** Whether the client has sent a packet that nobody has taken, or has gone. */
    public boolean hasNews() {
        synchronized (runLock) {
            return gone || !queue.isEmpty();
        }
    }

    private boolean interruptedJustNow() {
        OptionalLong since = lateInterrupt;
        lateInterrupt = OptionalLong.empty();
        return since.isPresent() && System.nanoTime() - since.getAsLong() < TimeUnit.MILLISECONDS.toNanos(LATE);
    }

    public void endRun() {
        synchronized (runLock) {
            running = null;
            untilNews = false;
        }
    }

    /** The run under way, or null. */
    Interrupt running() {
        synchronized (runLock) {
            return running;
        }
    }

    /** Reads once, if {@code run} still goes on, for as long as the client sends nothing. */
    void readDuring(Interrupt run) {
        synchronized (runLock) {
            if (running != run || reading || gone) {
                return;
            }
            reading = true;
        }
        read();
    }

    /** Ends the stream towards the client and gives it time to read what was sent and to leave; then closes. */
    public void finish() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LEAVING);
        try {
            socket.shutdownOutput();
            do {
                socket.setSoTimeout(millisUntil(deadline));
            } while (mayRead(deadline) && read());
        } catch (IOException e) {
            // The client was faster in closing.
        }
        close();
    }

    private boolean mayRead(long deadline) throws InterruptedException {
        synchronized (runLock) {
            while (reading && System.nanoTime() < deadline) {
                runLock.wait(millisUntil(deadline));
            }
            boolean may = !reading && System.nanoTime() < deadline;
            reading |= may;
            return may;
        }
    }

    private static int millisUntil(long deadline) {
        return Math.max(1, (int) TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
    }

    @Override
    public void close() {
        lookout.leave();
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to be done for this client.
        }
        clientGone(); // the lookout may not have begun to read, and a run would go on
    }

    /** One read of the socket, by whoever has set {@link #reading}; false if nothing will follow. */
    private boolean read() {
        int n = -1;
        try {
            n = in.read(buffer);
            if (n > 0) {
                decoder.feed(buffer, 0, n);
            }
        } catch (IOException e) {
            // A broken connection is a client that has gone; so is one that does not leave in time.
        }
        if (n < 0) {
            clientGone();
        }
        synchronized (runLock) {
            reading = false;
            runLock.notifyAll();
        }
        return n >= 0;
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
                if (untilNews) {
                    running.request();
                }
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

    /** What the decoder finds, on the thread that reads. */
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
                    interruptedRun = runFor;
                } else if (runFor >= 0 && runFor != interruptedRun) {
                    lateInterrupt = OptionalLong.of(System.nanoTime());
                }
            }
        }
    }
}
