package dev.ringscope.trace.service;

import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.MachineMemory;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * The traces of a server: opened when a question is put to one, shared by all questions, closed when they have been
 * idle, when what is open takes more than its bound, or when the file has changed.
 */
final class Library implements Closeable {
    /** What an open trace takes besides what its index says of its chunks. */
    private static final long EACH = 64 << 10;

    /** How much larger a chunk's summary is as objects than in the file, roughly. */
    private static final long OBJECTS = 4;

    private static final Executor OPENERS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("trace-opener-", 1).factory());

    private final TraceFolder folder;
    private final Symbols symbols;
    private final MachineMemory machines;
    private final long mostBytes;
    private final long idleNanos;
    private final Map<String, Shelf> open = new HashMap<>();
    private boolean closed;

    /** A trace that is open, or being opened. */
    private final class Shelf {
        private final TraceFolder.Version version;
        private final CompletableFuture<OpenTrace> trace = new CompletableFuture<>();
        private boolean begun;
        private volatile long bytes;
        private int readers;
        private long used = System.nanoTime();
        /** Not to be found any more: closed when the last reader has gone. */
        private boolean retired;

        Shelf(TraceFolder.Version version) {
            this.version = version;
        }

        /** Opens it for the first that asks, on a thread that goes on if he gives up: others will ask. */
        OpenTrace trace(String name, Asker asker) throws IOException {
            synchronized (this) {
                if (!begun) {
                    begun = true;
                    OPENERS.execute(() -> open(name));
                }
            }
            return asker.await(trace);
        }

        private void open(String name) {
            try {
                TraceReader reader = TraceReader.open(version.file());
                try {
                    OpenTrace opened =
                            new OpenTrace(name, new Recording(reader, machines), symbols, TraceDigest.of(reader));
                    bytes = reader.map().chunks().stream()
                            .mapToLong(chunk -> OBJECTS * chunk.summaryBytes())
                            .reduce(EACH, Long::sum);
                    trace.complete(opened);
                    opened.recording().replays().prepare();
                } catch (IOException | RuntimeException | Error e) {
                    reader.close();
                    throw e;
                }
            } catch (IOException | RuntimeException | Error e) {
                retire(name, this);
                trace.completeExceptionally(e);
            }
        }

        /** One that is being opened is closed when it is there. */
        void close() {
            trace.thenAccept(opened -> {
                try {
                    opened.recording().close();
                } catch (IOException e) {
                    // it was read only
                }
            });
        }
    }

    /** A trace that stays open until this is closed. */
    final class Lease implements AutoCloseable {
        private final Shelf shelf;
        private final OpenTrace trace;
        private boolean given;

        private Lease(Shelf shelf, OpenTrace trace) {
            this.shelf = shelf;
            this.trace = trace;
        }

        OpenTrace trace() {
            return trace;
        }

        @Override
        public void close() {
            if (!given) {
                given = true;
                giveBack(shelf);
            }
        }
    }

    /**
     * @param mostBytes what the indexes of open traces may take together; those in use are kept nevertheless
     * @param idle after which a trace is closed
     */
    Library(TraceFolder folder, Symbols symbols, MachineMemory machines, long mostBytes, Duration idle) {
        this.folder = folder;
        this.symbols = symbols;
        this.machines = machines;
        this.mostBytes = mostBytes;
        idleNanos = idle.toNanos();
    }

    /** All traces by their names. */
    Map<String, TraceFolder.Version> list() throws IOException {
        return folder.list();
    }

    Symbols symbols() {
        return symbols;
    }

    /**
     * Opens a trace.
     *
     * @param name {@code traces/...}; empty where there is only one
     * @param field of the request in which the name stands
     * @param asker gives up waiting until it is open
     * @throws Refusal if there is no such trace
     */
    Lease lease(String name, String field, Asker asker) throws IOException {
        String wanted = name.isEmpty() ? only(field) : name;
        Optional<TraceFolder.Version> version = folder.find(wanted);
        if (version.isEmpty()) {
            throw Refusal.notFound("TRACE_NOT_FOUND", "trace", wanted);
        }
        Shelf shelf = borrow(wanted, version.get());
        boolean leased = false;
        try {
            Lease lease = new Lease(shelf, shelf.trace(wanted, asker));
            leased = true;
            return lease;
        } finally {
            if (!leased) {
                giveBack(shelf);
            }
        }
    }

    /** Opens the trace, if there is exactly one, before somebody asks; returns at once. */
    void openOnly() {
        OPENERS.execute(() -> {
            try {
                Optional<String> only = folder.only();
                if (only.isPresent()) {
                    lease(only.get(), "", Asker.PATIENT).close();
                }
            } catch (IOException | RuntimeException e) {
                // who asks for it will hear the same
            }
        });
    }

    private String only(String field) throws IOException {
        return folder.only()
                .orElseThrow(() -> Refusal.field(
                        field, "is empty, but this server has not exactly one trace: expected traces/..."));
    }

    private synchronized Shelf borrow(String name, TraceFolder.Version version) {
        if (closed) {
            throw Refusal.busy("the server closes");
        }
        Shelf shelf = open.get(name);
        if (shelf != null && !shelf.version.equals(version)) {
            retire(name, shelf);
            shelf = null;
        }
        if (shelf == null) {
            shelf = new Shelf(version);
            open.put(name, shelf);
        }
        shelf.readers++;
        return shelf;
    }

    private synchronized void retire(String name, Shelf shelf) {
        open.remove(name, shelf);
        shelf.retired = true;
        if (shelf.readers == 0) {
            shelf.close();
        }
    }

    private synchronized void giveBack(Shelf shelf) {
        shelf.readers--;
        shelf.used = System.nanoTime();
        if (shelf.readers == 0 && shelf.retired) {
            shelf.close();
        }
        trim();
    }

    /** Closes what takes too much, the trace used least recently first. */
    private void trim() {
        List<Map.Entry<String, Shelf>> oldest = idle();
        for (int i = 0; i < oldest.size() && bytes() > mostBytes; i++) {
            retire(oldest.get(i).getKey(), oldest.get(i).getValue());
        }
    }

    private List<Map.Entry<String, Shelf>> idle() {
        List<Map.Entry<String, Shelf>> idle = new ArrayList<>();
        for (Map.Entry<String, Shelf> entry : open.entrySet()) {
            if (entry.getValue().readers == 0) {
                idle.add(Map.entry(entry.getKey(), entry.getValue()));
            }
        }
        idle.sort(Comparator.comparingLong(entry -> entry.getValue().used - System.nanoTime()));
        return idle;
    }

    /** Closes the traces that nobody has used for long, or whose files have gone. */
    synchronized void sweep() throws IOException {
        for (Map.Entry<String, Shelf> entry : idle()) {
            boolean old = System.nanoTime() - entry.getValue().used > idleNanos;
            if (old || !folder.find(entry.getKey()).equals(Optional.of(entry.getValue().version))) {
                retire(entry.getKey(), entry.getValue());
            }
        }
    }

    /** How many traces are open. */
    synchronized int openTraces() {
        return open.size();
    }

    /** What the indexes of open traces take, roughly. */
    synchronized long bytes() {
        return open.values().stream().mapToLong(shelf -> shelf.bytes).sum();
    }

    /** No question may be under way. */
    @Override
    public synchronized void close() {
        closed = true;
        for (Map.Entry<String, Shelf> entry : List.copyOf(open.entrySet())) {
            retire(entry.getKey(), entry.getValue());
        }
    }
}
