package dev.ringscope.trace.query;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Searches the parts of a trace on all cores, and hands on what they find in the order of the parts. What has been
 * found and not handed on is bounded; a part that is ahead waits.
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
    private static final long LOOK_MILLISECONDS = 20;

    /** A part that is being searched. Never interrupted: that would close the file under others. */
    private final class Search implements Answers<T> {
        private final int number;
        private final Deque<List<T>> batches = new ArrayDeque<>();
        private List<T> batch = new ArrayList<>();
        private boolean done;
        private boolean unwanted;
        private Throwable failure;

        Search(int number) {
            this.number = number;
        }

        void run() {
            Throwable problem = null;
            try {
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
        }

        @Override
        public boolean take(T answer) {
            batch.add(answer);
            if (batch.size() == BATCH) {
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
            while (batches.size() == BATCHES && !unwanted) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            check();
            if (!batch.isEmpty()) {
                batches.add(batch);
                batch = new ArrayList<>();
                notifyAll();
            }
        }

        /** The next answers, none yet (an empty list), or null behind the last. */
        synchronized List<T> next() throws InterruptedException {
            if (batches.isEmpty() && !done) {
                wait(LOOK_MILLISECONDS);
            }
            if (!batches.isEmpty()) {
                notifyAll();
                return batches.poll();
            }
            return done ? null : List.of();
        }

        synchronized void giveUp() {
            unwanted = true;
            batches.clear();
            notifyAll();
        }

        synchronized void awaitEnd() {
            boolean interrupted = false;
            while (!done) {
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
    private final Deque<Search> searches = new ArrayDeque<>();

    private InOrder(Part<T> part) {
        this.part = part;
    }

    /**
     * @param parts their numbers are 0 to this, exclusive
     * @throws CancellationException if nobody waits for the answers any more
     */
    static <T> void search(int parts, Part<T> part, Answers<T> answers) throws IOException {
        if (parts == 1) {
            part.search(0, answers);
            return;
        }
        new InOrder<>(part).run(parts, answers);
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
        Thread.ofVirtual().name("query-" + search.number).start(search::run);
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
