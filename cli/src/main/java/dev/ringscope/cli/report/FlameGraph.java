package dev.ringscope.cli.report;

import dev.ringscope.trace.query.CallTree;
import dev.ringscope.trace.query.CallTree.Node;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Where the instructions went, by path of calls: the largest paths, and the functions that ran most. */
final class FlameGraph implements Section {
    private static final int PATHS = 4000;
    private static final int FUNCTIONS = 60;

    private final CallTree tree;
    private final Symbols symbols;
    private final Map<String, Integer> names = new LinkedHashMap<>();

    FlameGraph(CallTree tree, Symbols symbols) {
        this.tree = tree;
        this.symbols = symbols;
    }

    @Override
    public String name() {
        return "flame";
    }

    @Override
    public void write(ScriptJson out) throws IOException {
        out.object().name("paths").list();
        Map<Node, Integer> numbers = new HashMap<>();
        PriorityQueue<Node> open =
                new PriorityQueue<>(Comparator.comparingLong(Node::total).reversed());
        open.addAll(tree.roots());
        while (!open.isEmpty() && numbers.size() < PATHS) {
            Node node = open.poll();
            int parent = node.parent() == null ? -1 : numbers.get(node.parent());
            numbers.put(node, numbers.size());
            long[] path = {
                parent,
                names.computeIfAbsent(label(node), _ -> names.size()),
                node.total(),
                node.self(),
                node.calls(),
                node.kind().ordinal()
            };
            out.values(path, path.length);
            node.children().stream().filter(child -> child.total() > 0).forEach(open::add);
        }
        out.endList().put("names", names.keySet()).put("left_out", !open.isEmpty());
        functions(out);
        out.endObject();
    }

    private String label(Node node) {
        return switch (node.kind()) {
            case ROOT -> "ring %d, cr3 0x%x".formatted(node.ring(), node.root());
            case OTHER -> "(other calls)";
            case INTERRUPT -> "vector 0x%02x %s".formatted(node.vector(), plain(node.address()));
            case ENTRY -> "entry " + plain(node.address());
            case SIGNAL -> "signal " + plain(node.address());
            case FUNCTION -> plain(node.address());
        };
    }

    /** Boxes are narrow: the name comes first, the address only where there is none. */
    private String plain(long address) {
        return symbols.find(address).orElseGet(() -> "0x" + Long.toHexString(address));
    }

    private record Function(long address, int ring) {}

    private void functions(ScriptJson out) throws IOException {
        Map<Function, long[]> all = new HashMap<>();
        Deque<Node> open = new ArrayDeque<>(tree.roots());
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (node.address() != 0) {
                long[] sums = all.computeIfAbsent(new Function(node.address(), node.ring()), _ -> new long[2]);
                sums[0] += node.self();
                sums[1] += node.calls();
            }
            open.addAll(node.children());
        }
        List<Map.Entry<Function, long[]>> most = all.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<Function, long[]> e) -> -e.getValue()[0])
                        .thenComparing(e -> e.getKey().address, Long::compareUnsigned))
                .limit(FUNCTIONS)
                .toList();
        out.name("functions").list();
        for (var entry : most) {
            out.object()
                    .hex("address", entry.getKey().address)
                    .put("name", symbols.describe(entry.getKey().address))
                    .put("ring", entry.getKey().ring)
                    .put("self", entry.getValue()[0])
                    .put("calls", entry.getValue()[1])
                    .endObject();
        }
        out.endList();
    }
}
