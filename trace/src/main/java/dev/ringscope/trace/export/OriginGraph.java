package dev.ringscope.trace.export;

import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.trace.dataflow.Leaf;
import dev.ringscope.trace.dataflow.Location;
import dev.ringscope.trace.dataflow.Provenance.Node;
import dev.ringscope.trace.dataflow.Provenance.Use;
import dev.ringscope.trace.dataflow.Provenance.User;
import dev.ringscope.trace.query.Disassembly;
import dev.ringscope.trace.symbols.Symbols;
import java.io.PrintStream;

/**
 * Where a value came from as a graph for Graphviz (the DOT language): an edge from what was read to what was made of
 * it. Where a value begins is a box.
 */
public final class OriginGraph {
    private final PrintStream out;
    private final Symbols symbols;
    private final Disassembly disassembly;

    public OriginGraph(PrintStream out, Symbols symbols) {
        this.out = out;
        this.symbols = symbols;
        disassembly = new Disassembly(Syntax.INTEL, symbols);
    }

    /** @param what was asked for, and at which position */
    public void begin(String what, String position) {
        out.print("digraph origin {\n  rankdir=BT;\n  node [shape=ellipse, fontname=\"monospace\", fontsize=10];\n");
        out.printf("  n0 [shape=doubleoctagon, label=\"%s at %s\"];\n", escape(what), escape(position));
    }

    /** Draws a node, and the edges to who wants it, which have been drawn. */
    public boolean take(Node node) {
        boolean begins = node.leaf() != Leaf.NONE;
        String label = String.join(" ", Location.runs(node.bytes()))
                + (node.value().isEmpty() ? "" : " = " + node.value())
                + (node.position() < 0 ? "" : "\n" + node.position() + "  " + symbols.describe(node.pc()))
                + (node.codeSize() == 0 ? "" : "\n" + disassembly.text(node.code(), node.offset(), node.codeSize()))
                + (begins
                        ? "\n"
                                + (node.leaf()
                                                        .name()
                                                        .toLowerCase(java.util.Locale.ROOT)
                                                        .replace('_', ' ') + " " + node.detail())
                                        .strip()
                        : "");
        out.printf("  n%d [%slabel=\"%s\"];\n", node.number(), begins ? "shape=box, " : "", escape(label));
        for (User user : node.users()) {
            String style = user.use() == Use.VALUE
                    ? ""
                    : " [style=%s]".formatted(user.use() == Use.ADDRESS ? "dashed" : "dotted");
            out.printf("  n%d -> n%d%s;\n", node.number(), user.node(), style);
        }
        return !out.checkError();
    }

    public void end() {
        out.print("}\n");
        out.flush();
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
