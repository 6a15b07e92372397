package dev.ringscope.trace.query;

import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Where the instructions went, the system calls and the interrupts, with one re-execution of the whole recording. */
public final class CallSurvey {
    private CallSurvey() {}

    /**
     * @param symbols as for {@link CallTree#of}
     * @param systemCalls gets all of {@link SystemCalls#list}
     * @param interrupts gets all of {@link Interrupts#list}
     * @return as {@link CallTree#of} gathers it from everything
     */
    public static CallTree of(
            Recording recording,
            Symbols symbols,
            Answers<SystemCalls.SystemCall> systemCalls,
            Answers<Interrupts.Interrupt> interrupts,
            Asker asker)
            throws IOException {
        CallTree tree = new CallTree(Filter.ALL, symbols, CallTree.NODES);
        SystemCalls.Listing calls = SystemCalls.listing(Set.of(), Filter.ALL, systemCalls);
        Interrupts.Listing deliveries = Interrupts.listing(Filter.ALL, interrupts);
        CallWatcher all = new All(List.of(tree.gatherer(), calls, deliveries));
        tree.follow(recording, SystemCalls::look, all, asker);
        calls.finish();
        deliveries.finish();
        return tree;
    }

    private record All(List<CallWatcher> watchers) implements CallWatcher {
        @Override
        public void ran(Frame frame, long from, long to) throws IOException {
            for (CallWatcher watcher : watchers) {
                watcher.ran(frame, from, to);
            }
        }

        @Override
        public void entered(Frame frame) throws IOException {
            for (CallWatcher watcher : watchers) {
                watcher.entered(frame);
            }
        }

        @Override
        public void left(Frame frame, End end, long position, long from, long to, Object seen) throws IOException {
            for (CallWatcher watcher : watchers) {
                watcher.left(frame, end, position, from, to, seen);
            }
        }

        @Override
        public void replaced(Frame frame, long before, long position, long from) throws IOException {
            for (CallWatcher watcher : watchers) {
                watcher.replaced(frame, before, position, from);
            }
        }
    }
}
