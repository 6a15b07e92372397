package dev.ringscope.trace.query;

import dev.ringscope.trace.Timeline;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A machine that is being built, on another thread than that of whoever waits for it: Java takes 0.1 s and more to give
 * it 256 MiB of memory, and nobody can cut that short. Few are built at once, for the memory comes no faster.
 */
final class Building {
    private static final Executor BUILDERS = Executors.newFixedThreadPool(
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
            Thread.ofPlatform().daemon().name("machine-builder-", 1).factory());

    private final CompletableFuture<Timeline> machine = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean();

    /** @param way builds it */
    Building(Callable<Timeline> way) {
        BUILDERS.execute(() -> {
            if (taken.compareAndSet(false, true)) {
                build(way);
            }
        });
    }

    private void build(Callable<Timeline> way) {
        try {
            machine.complete(way.call());
        } catch (Exception | Error e) {
            machine.completeExceptionally(e);
        }
    }

    /**
     * Waits for it.
     *
     * @throws CancellationException if whoever asks gives up
     */
    Timeline await(Asker asker) throws IOException {
        return asker.await(machine);
    }

    /**
     * Nobody waits for it any more.
     *
     * @param end is given the machine as by {@link #then}
     * @return false if it has not been begun and will not be: nothing is given
     */
    boolean abandon(Consumer<Timeline> end) {
        boolean begun = !taken.compareAndSet(false, true);
        if (begun) {
            then(end);
        }
        return begun;
    }

    /** @param end is given the machine when it is there, null if it could not be built */
    void then(Consumer<Timeline> end) {
        machine.whenComplete((timeline, _) -> end.accept(timeline));
    }
}
