package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.CallTree;
import dev.ringscope.trace.query.CallTree.Node;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where the instructions went, by the calls that led there. */
@Command(
        name = "calltree",
        description = "Instructions by path of calls: a tree for each ring and address space.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryCallTree extends Question {
    @Option(
            names = "--nodes",
            paramLabel = "N",
            description = "At most so many paths; what is called beyond them is summed up (default: ${DEFAULT-VALUE}).")
    private int nodes = CallTree.NODES;

    @Option(names = "--depth", paramLabel = "N", description = "Print at most so many levels (default: all).")
    private int depth = Integer.MAX_VALUE;

    @Option(
            names = "--min",
            paramLabel = "N",
            description = "Print paths with at least so many instructions (default: ${DEFAULT-VALUE}).")
    private long least = 1;

    /** @param number, parent of nodes in the order of printing, from 1; 0 for no parent */
    private record Line(Node node, int depth, int number, int parent, Symbols symbols) implements Answer {
        private String name() {
            return switch (node.kind()) {
                case ROOT -> "ring %d, cr3 0x%x".formatted(node.ring(), node.root());
                case OTHER -> "(other calls)";
                case INTERRUPT -> "vector 0x%02x %s".formatted(node.vector(), symbols.describe(node.address()));
                case ENTRY -> "entry " + symbols.describe(node.address());
                case SIGNAL -> "signal " + symbols.describe(node.address());
                case FUNCTION -> symbols.describe(node.address());
            };
        }

        @Override
        public String[] cells() {
            return new String[] {
                Long.toString(node.total()),
                Long.toString(node.self()),
                Long.toString(node.calls()),
                "  ".repeat(depth) + name()
            };
        }

        @Override
        public Json json() {
            Json json = new Json().put("node", number);
            if (parent > 0) {
                json.put("parent", parent);
            }
            json.put("kind", Names.of(node.kind())).put("ring", node.ring()).hex("cr3", node.root());
            if (node.kind() != CallTree.Kind.ROOT && node.kind() != CallTree.Kind.OTHER) {
                json.hex("function", node.address());
                symbols.find(node.address()).ifPresent(name -> json.put("function_name", name));
            }
            if (node.vector() >= 0) {
                json.put("vector", node.vector());
            }
            return json.put("depth", depth)
                    .put("calls", node.calls())
                    .put("self", node.self())
                    .put("total", node.total());
        }
    }

    private record Open(Node node, int depth, int parent) {}

    @Override
    void check() {
        if (nodes < 1) {
            throw options.usage("--nodes takes a number above 0, found " + nodes);
        }
    }

    @Override
    List<Column> columns(Symbols symbols) {
        return List.of(
                new Column("TOTAL", -13), new Column("SELF", -13), new Column("CALLS", -10), new Column("PATH", 0));
    }

    @Override
    void answer(Asked asked, AnswerPrinter out) throws IOException {
        CallTree tree = CallTree.of(asked.recording(), asked.symbols(), asked.filter(), nodes, Asker.PATIENT);
        print(tree, asked.symbols(), out);
    }

    /** Each node behind its parent, those with the most instructions first; paths may be long. */
    private void print(CallTree tree, Symbols symbols, AnswerPrinter out) throws IOException {
        Deque<Open> open = new ArrayDeque<>();
        push(open, tree.roots(), 0, 0);
        int number = 0;
        while (!open.isEmpty() && (options.count == null || number < options.count)) {
            Open next = open.pop();
            out.print(new Line(next.node, next.depth, ++number, next.parent, symbols));
            if (next.depth + 1 < depth) {
                push(open, next.node.children().stream().toList(), next.depth + 1, number);
            }
        }
    }

    private void push(Deque<Open> open, List<Node> nodes, int depth, int parent) {
        nodes.stream()
                .filter(node -> node.total() >= least)
                .sorted(Comparator.comparingLong(Node::total))
                .forEach(node -> open.push(new Open(node, depth, parent)));
    }
}
