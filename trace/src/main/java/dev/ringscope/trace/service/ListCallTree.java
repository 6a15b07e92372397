package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.CallTreeKind;
import dev.ringscope.proto.query.v1.CallTreeNode;
import dev.ringscope.proto.query.v1.ListCallTreeRequest;
import dev.ringscope.proto.query.v1.ListCallTreeResponse;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.CallTree;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** How many instructions ran in which function: each node behind its parent. */
final class ListCallTree {
    static final Listing<ListCallTreeRequest, CallTreeNode, ListCallTreeResponse> LISTING = new Listing<>(
            CallTreeNode.getDefaultInstance(),
            ListCallTree::list,
            items -> ListCallTreeResponse.newBuilder().addAllNodes(items).build(),
            null);

    private record Open(CallTree.Node node, long parent) {}

    private ListCallTree() {}

    private static void list(OpenTrace trace, ListCallTreeRequest request, Filter filter, Answers<CallTreeNode> items)
            throws IOException {
        CallTree tree = CallTree.of(trace.recording(), trace.symbols(), filter, CallTree.NODES, items);
        long most =
                filter.range().count() == 0 ? Long.MAX_VALUE : filter.range().count();
        Deque<Open> open = new ArrayDeque<>();
        tree.roots().reversed().forEach(root -> open.push(new Open(root, 0)));
        for (long number = 1; !open.isEmpty() && number <= most; number++) {
            Open next = open.pop();
            if (!items.take(message(next, number, trace.symbols()))) {
                return;
            }
            List<CallTree.Node> children = new ArrayList<>(next.node.children());
            for (CallTree.Node child : children.reversed()) {
                open.push(new Open(child, number));
            }
        }
    }

    private static CallTreeNode message(Open open, long number, Symbols symbols) {
        CallTree.Node node = open.node;
        CallTreeNode.Builder message = CallTreeNode.newBuilder()
                .setNumber(number)
                .setParent(open.parent)
                .setKind(kind(node.kind()))
                .setAddress(node.address())
                .setRing(node.ring())
                .setTranslationRoot(node.root())
                .setSelf(node.self())
                .setTotal(node.total())
                .setCalls(node.calls());
        if (node.address() != 0) {
            symbols.find(node.address()).ifPresent(message::setSymbol);
        }
        if (node.vector() >= 0) {
            message.setVector(node.vector());
        }
        return message.build();
    }

    private static CallTreeKind kind(CallTree.Kind kind) {
        return switch (kind) {
            case ROOT -> CallTreeKind.CALL_TREE_KIND_ROOT;
            case FUNCTION -> CallTreeKind.CALL_TREE_KIND_FUNCTION;
            case ENTRY -> CallTreeKind.CALL_TREE_KIND_ENTRY;
            case INTERRUPT -> CallTreeKind.CALL_TREE_KIND_INTERRUPT;
            case SIGNAL -> CallTreeKind.CALL_TREE_KIND_SIGNAL;
            case OTHER -> CallTreeKind.CALL_TREE_KIND_OTHER;
        };
    }
}
