package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.query.RunningCalls.Change;
import dev.ringscope.trace.query.RunningCalls.Change.Enter;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningCallsTest {
    @TempDir
    static Path folder;

    private static Recording recording;

    @BeforeAll
    static void record() throws IOException {
        recording = Recording.open(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW));
    }

    @AfterAll
    static void close() throws IOException {
        recording.close();
    }

    /** Instructions by the calls of the ring they ran in, the innermost first, as the steps tell it. */
    private static Map<String, Long> bySteps(Range range) throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        Deque<Enter> open = new ArrayDeque<>();
        long[] before = {range.from()};
        RunningCalls.list(recording, new Symbols(), range, change -> {
            assertThat(change.position()).isGreaterThanOrEqualTo(before[0]);
            if (change.position() > before[0]) {
                counts.merge(path(open), change.position() - before[0], Long::sum);
            }
            before[0] = change.position();
            switch (change) {
                case Enter e -> open.push(e);
                case Change.Leave _ -> open.pop();
            }
            return true;
        });
        assertThat(open).isEmpty();
        return counts;
    }

    private static String path(Deque<Enter> open) {
        StringBuilder path = new StringBuilder();
        Enter outermost = open.peek();
        for (Enter e : open) {
            if (e.ring() != open.peek().ring()) {
                break;
            }
            path.append(e.kind())
                    .append(e.function())
                    .append('/')
                    .append(e.vector())
                    .append(';');
            outermost = e;
        }
        return path + "" + outermost.ring() + "/" + (outermost.root() & -4096);
    }

    private static Map<String, Long> byTree(Range range) throws IOException {
        CallTree tree = CallTree.of(recording, new Symbols(), Filter.of(range), CallTree.NODES, Asker.PATIENT);
        Map<String, Long> counts = new TreeMap<>();
        List<CallTree.Node> left = new ArrayList<>(tree.roots());
        while (!left.isEmpty()) {
            CallTree.Node node = left.removeLast();
            left.addAll(node.children());
            StringBuilder path = new StringBuilder();
            for (CallTree.Node n = node; n.parent() != null; n = n.parent()) {
                path.append(n.kind())
                        .append(n.address())
                        .append('/')
                        .append(n.vector())
                        .append(';');
            }
            if (node.self() > 0) {
                counts.merge(path + "" + node.ring() + "/" + node.root(), node.self(), Long::sum);
            }
        }
        return counts;
    }

    @Test
    void whatIsOpenAtEachInstructionIsItsPathInTheTree() throws IOException {
        Map<String, Long> expected = byTree(Range.ALL);
        assertThat(expected).hasSizeGreaterThan(20);
        assertThat(bySteps(Range.ALL)).isEqualTo(expected);
    }

    @Test
    void aRangeBeginsWithTheCallsThatAreOpenThere() throws IOException {
        for (long from = 1; from < 40_000; from += 3_777) {
            Range range = new Range(from, from + 500, 0);
            assertThat(bySteps(range)).as("from %d", from).isEqualTo(byTree(range));
        }
    }

    @Test
    void itStopsWhenNoMoreIsWanted() throws IOException {
        List<Change> taken = new ArrayList<>();
        RunningCalls.list(recording, new Symbols(), Range.ALL, change -> {
            taken.add(change);
            return taken.size() < 7;
        });
        assertThat(taken).hasSize(7);
    }
}
