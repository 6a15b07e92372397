package dev.ringscope.trace.export;

import dev.ringscope.trace.query.CallTree;
import dev.ringscope.trace.query.CallTree.Kind;
import dev.ringscope.trace.query.CallTree.Node;
import dev.ringscope.trace.query.Filter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** Instructions by path of calls: what all profile formats write. */
final class CallProfile {
    /** Takes one path after another. */
    interface Visitor {
        /** @param path from a root to a node; belongs to the walk */
        void visit(List<Node> path) throws IOException;
    }

    private final CallTree tree;
    private final FunctionNames names;

    private CallProfile(CallTree tree, FunctionNames names) {
        this.tree = tree;
        this.names = names;
    }

    static CallProfile of(Exported exported) throws IOException {
        CallTree tree = CallTree.of(
                exported.recording(),
                exported.symbols(),
                Filter.of(exported.range()),
                CallTree.NODES,
                exported.asker());
        return new CallProfile(tree, new FunctionNames(exported.symbols()));
    }

    String name(Node node) {
        return node.kind() == Kind.ROOT
                ? FunctionNames.space(node.ring(), node.root())
                : names.of(node.kind(), node.address(), node.vector());
    }

    /** All roots' instructions. */
    long total() {
        return tree.roots().stream().mapToLong(Node::total).sum();
    }

    /** Every node, each in front of what it called. Paths may be too long for the host's stack. */
    void walk(Visitor visitor) throws IOException {
        List<Node> path = new ArrayList<>();
        Deque<Iterator<Node>> open = new ArrayDeque<>();
        open.push(tree.roots().iterator());
        while (!open.isEmpty()) {
            if (open.peek().hasNext()) {
                Node node = open.peek().next();
                path.add(node);
                visitor.visit(path);
                open.push(node.children().iterator());
            } else {
                open.pop();
                if (!path.isEmpty()) {
                    path.removeLast();
                }
            }
        }
    }
}
