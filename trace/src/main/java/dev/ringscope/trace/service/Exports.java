package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.StartExportRequest;
import dev.ringscope.trace.export.Exporter;
import dev.ringscope.trace.query.Range;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The exports of a server: few run at once, others wait; there are so many at most, and what each makes is bounded.
 * Those that nobody has looked at for long since they ended are forgotten.
 */
final class Exports implements Closeable {
    static final String COLLECTION = "operations/";
    private static final int AT_ONCE = 2;
    private static final int MOST = 32;
    private static final long MOST_BYTES = 4L << 30;

    private final Library library;
    private final Duration idle;
    private final Map<String, ExportRun> runs = new LinkedHashMap<>();
    private final SecureRandom random = new SecureRandom();
    private final ThreadPoolExecutor threads;
    private final ExecutorService deletions = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("trace-service-deletions").factory());
    private Path folder;
    private long started;

    Exports(Library library, Duration idle) {
        this.library = library;
        this.idle = idle;
        threads = new ThreadPoolExecutor(
                AT_ONCE,
                AT_ONCE,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("trace-service-export").factory());
    }

    /** @throws Refusal if there are too many */
    synchronized ExportRun start(StartExportRequest request, Exporter exporter, Range range) throws IOException {
        sweep();
        if (runs.size() >= MOST) {
            throw Refusal.busy("there are %d operations already, the most that this server has".formatted(MOST));
        }
        if (folder == null) {
            folder = Files.createTempDirectory("ringscope-exports");
        }
        String id = HexFormat.of().toHexDigits(random.nextLong());
        ExportRun run =
                new ExportRun(++started, COLLECTION + id, request, exporter, range, folder.resolve(id), MOST_BYTES);
        runs.put(run.name(), run);
        threads.execute(() -> {
            run.run(library);
            if (run.leavesNothing()) {
                deletions.execute(run::forget);
            }
        });
        return run;
    }

    /** @throws Refusal if there is none */
    synchronized ExportRun find(String name) {
        sweep();
        ExportRun run = runs.get(name);
        if (run == null) {
            throw Refusal.notFound("OPERATION_NOT_FOUND", "operation", name);
        }
        run.touch();
        return run;
    }

    /** In the order in which they were started. */
    synchronized List<ExportRun> list() {
        sweep();
        return new ArrayList<>(runs.values());
    }

    synchronized int count() {
        return runs.size();
    }

    /** Ends it, if it has not ended, and forgets what it made. */
    synchronized void delete(String name) {
        ExportRun run = find(name);
        runs.remove(name);
        forget(run);
    }

    /** One that has not ended is forgotten at its end. */
    private void forget(ExportRun run) {
        run.discard();
        if (run.done()) {
            deletions.execute(run::forget);
        }
    }

    /** Threads that make an export at the moment. */
    int busy() {
        return threads.getActiveCount();
    }

    /** Forgets those that have been done for long. */
    synchronized void sweep() {
        for (ExportRun run : List.copyOf(runs.values())) {
            if (run.done() && run.idleNanos() > idle.toNanos()) {
                runs.remove(run.name());
                deletions.execute(run::forget);
            }
        }
    }

    @Override
    public void close() throws IOException {
        List<ExportRun> all;
        synchronized (this) {
            all = new ArrayList<>(runs.values());
            runs.clear();
        }
        all.forEach(ExportRun::cancel);
        threads.shutdown();
        try {
            threads.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        deletions.close();
        all.forEach(ExportRun::forget);
        synchronized (this) {
            if (folder != null) {
                Files.deleteIfExists(folder);
                folder = null;
            }
        }
    }
}
