package dev.ringscope.trace.service;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/** One timeline for all clients, who take turns: a machine is as large as its memory. */
final class SharedTimeline {
    private final TraceReader trace;
    private final ReentrantLock turn = new ReentrantLock(true);
    private Timeline timeline;

    SharedTimeline(TraceReader trace) {
        this.trace = trace;
    }

    /** What is done with the timeline while nobody else uses it. */
    interface Use<T> {
        T with(Timeline timeline) throws IOException;
    }

    <T> T use(Use<T> use) throws IOException {
        turn.lock();
        try {
            if (timeline == null) {
                timeline = new Timeline(trace, Detail.FLOW);
            }
            return use.with(timeline);
        } catch (RuntimeException | IOException e) {
            if (!(e instanceof dev.ringscope.trace.query.MemoryContents.NotMappedException)) {
                timeline = null; // it may stand anywhere now
            }
            throw e;
        } finally {
            turn.unlock();
        }
    }
}
