package dev.ringscope.trace.query;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Searches the parts of a trace on all cores, and hands on what they find in the order of the parts. What has been
 * found and not handed on is bounded; a part that is ahead waits. What comes in {@link Bulk} is much: of that each part
 * may keep a little, and more for as long as there is memory for what is {@link Ahead}.
 */
final class InOrder<T> {
    /** Searches one part. */
    @FunctionalInterface
    interface Part<T> {
        /** @param found takes what is found; told that no more is wanted, or by its check, the search ends */
        void search(int number, Answers<T> found) throws IOException;
    }

    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final int BATCH = 512;
    private static final int BATCHES = 32;
    /** Of answers in bulk, each of which is a batch. */
    private static final int BULKS = 2;

    private static final long LOOK_MILLISECONDS = 20;

    /**
     * Threads of the system, which shares the cores among all: virtual ones that compute would keep them from a
     * question that was given up.
     */
    private static final Executor THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("query-", 1).factory());

    /** @param reserved bytes of {@link Ahead} */
    private record Batch<T>(List<T> answers, long reserved) {}

    /** A part that is being searched. Never interrupted: that would close the file under others. */
    private final class Search implements Answers<T> {
        private final int number;
        private final Deque<Batch<T>> batches = new ArrayDeque<>();
        private List<T> batch = new ArrayList<>();
        private boolean begun;
        private boolean done;
        private boolean unwanted;
        private Throwable failure;

        Search(int number) {
            this.number = number;
        }

        void run() {
            if (!begins()) {
                return;
            }
            Throwable problem = null;
            try {
                awaitWorker();
                part.search(number, this);
                hand();
            } catch (CancellationException e) {
                // Nobody wants to know.
            } catch (IOException | RuntimeException | Error e) {
                problem = e;
            }
            synchronized (this) {
                failure = problem;
                done = true;
                notifyAll();
            }
            synchronized (InOrder.this) {
                ended++;
                InOrder.this.notifyAll();
            }
        }

        /** Workers are given in the order of the parts, so that the one whose turn it is has one. */
        private void awaitWorker() {
            synchronized (InOrder.this) {
                boolean interrupted = false;
                while (number >= ended + workers) {
                    try {
                        InOrder.this.wait();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            check();
        }

        private synchronized boolean begins() {
            begun = !unwanted;
            return begun;
        }

        @Override
        public boolean take(T answer) {
            batch.add(answer);
            if (answer instanceof Bulk || batch.size() == BATCH) {
                hand();
            }
            return true;
        }

        @Override
        public synchronized void check() {
            if (unwanted) {
                throw new CancellationException("the question was given up");
            }
        }

        private synchronized void hand() {
            boolean interrupted = false;
            long reserved = reserve();
            while (reserved < 0 && !unwanted) {
                try {
                    wait(LOOK_MILLISECONDS); // others may have left memory, too
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                reserved = reserve();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (unwanted) {
                ahead.release(Math.max(0, reserved));
            }
            check();
            if (!batch.isEmpty()) {
                batches.add(new Batch<>(batch, reserved));
                batch = new ArrayList<>();
                notifyAll();
            }
        }

        /** Memory for what is to be handed on. @return bytes of {@link Ahead}; -1: it must wait */
        private long reserve() {
            if (batch.isEmpty()) {
                return 0;
            }
            if (!(batch.getLast() instanceof Bulk bulk)) {
                return batches.size() < BATCHES ? 0 : -1;
            }
            if (batches.size() < BULKS) {
                return 0;
            }
            return ahead.reserve(bulk.bytes()) ? bulk.bytes() : -1;
        }

        /** The next answers, none yet (an empty list), or null behind the last. */
        synchronized List<T> next() throws InterruptedException {
            if (batches.isEmpty() && !done) {
                wait(LOOK_MILLISECONDS);
            }
            if (!batches.isEmpty()) {
                notifyAll();
                Batch<T> next = batches.poll();
                ahead.release(next.reserved);
                return next.answers;
            }
            return done ? null : List.of();
        }

        synchronized void giveUp() {
            unwanted = true;
            batches.forEach(waiting -> ahead.release(waiting.reserved));
            batches.clear();
            notifyAll();
        }

        synchronized void awaitEnd() {
            boolean interrupted = false;
            while (begun && !done) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final Part<T> part;
    private final int workers;
    private final Ahead ahead;
    private final Deque<Search> searches = new ArrayDeque<>();
    /** Parts whose search has ended. */
    private int ended;

    private InOrder(Part<T> part, int workers, Ahead ahead) {
        this.part = part;
        this.workers = workers;
        this.ahead = ahead;
    }

    /**
     * @param parts their numbers are 0 to this, exclusive
     * @throws CancellationException if nobody waits for the answers any more
     */
    static <T> void search(int parts, Part<T> part, Answers<T> answers) throws IOException {
        search(parts, part, CORES + 1, answers);
    }

    /**
     * The same with so many parts at a time, for those that need something there is little of.
     *
     * @param workers at least 1
     */
    static <T> void search(int parts, Part<T> part, int workers, Answers<T> answers) throws IOException {
        search(parts, part, workers, Ahead.ofThisProcess(), answers);
    }

    static <T> void search(int parts, Part<T> part, Ahead ahead, Answers<T> answers) throws IOException {
        search(parts, part, CORES + 1, ahead, answers);
    }

    private static <T> void search(int parts, Part<T> part, int workers, Ahead ahead, Answers<T> answers)
            throws IOException {
        if (parts == 1) {
            part.search(0, answers);
            return;
        }
        new InOrder<>(part, workers, ahead).run(parts, answers);
    }

    private void run(int parts, Answers<T> answers) throws IOException {
        int next = 0;
        try {
            do {
                while (next < parts && searches.size() <= CORES) {
                    start(new Search(next++));
                }
            } while (!searches.isEmpty() && handOn(searches.peek(), answers));
        } finally {
            searches.forEach(Search::giveUp);
            searches.forEach(Search::awaitEnd);
        }
    }

    private void start(Search search) {
        searches.add(search);
        THREADS.execute(search::run);
    }

    /** @return whether the next part is wanted */
    private boolean handOn(Search first, Answers<T> answers) throws IOException {
        try {
            for (List<T> batch = first.next(); batch != null; batch = first.next()) {
                answers.check();
                for (T answer : batch) {
                    if (!answers.take(answer)) {
                        return false;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
        searches.remove();
        rethrow(first.failure);
        return true;
    }

    private static void rethrow(Throwable failure) throws IOException {
        switch (failure) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }
}
