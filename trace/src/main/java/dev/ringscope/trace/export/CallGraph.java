package dev.ringscope.trace.export;

import dev.ringscope.trace.query.CallTree.Node;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who calls whom, as a graph in Graphviz's language: the functions with the most instructions, their own and called.
 */
final class CallGraph implements Exporter.ToFile {
    /** More than a person can look at is left out. */
    static final int FUNCTIONS = 150;

    private record Edge(String from, String to) {}

    /** Of a function or a call: how often, and how many instructions in it and below. */
    private static final class Weight {
        private long calls;
        private long self;
        private long total;
    }

    @Override
    public String name() {
        return "dot";
    }

    @Override
    public String description() {
        return "call graph of the %d functions with the most instructions, for Graphviz (dot -Tsvg)"
                .formatted(FUNCTIONS);
    }

    @Override
    public void write(Exported exported, OutputStream out) throws IOException {
        CallProfile profile = CallProfile.of(exported);
        Map<String, Weight> functions = new LinkedHashMap<>();
        Map<Edge, Weight> calls = new LinkedHashMap<>();
        profile.walk(path -> add(profile, path, functions, calls));
        List<String> shown = functions.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> -entry.getValue().total))
                .limit(FUNCTIONS)
                .map(Map.Entry::getKey)
                .toList();
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        write(profile.total(), functions, calls, shown, writer);
        writer.flush();
    }

    /** A function that is on the path already counts there: recursion is not counted twice. */
    private static void add(
            CallProfile profile, List<Node> path, Map<String, Weight> functions, Map<Edge, Weight> calls) {
        Node node = path.getLast();
        String name = profile.name(node);
        Weight function = functions.computeIfAbsent(name, _ -> new Weight());
        function.calls += node.calls();
        function.self += node.self();
        List<Node> above = path.subList(0, path.size() - 1);
        if (above.stream().noneMatch(other -> profile.name(other).equals(name))) {
            function.total += node.total();
        }
        if (above.isEmpty()) {
            return;
        }
        Edge edge = new Edge(profile.name(above.getLast()), name);
        Weight call = calls.computeIfAbsent(edge, _ -> new Weight());
        call.calls += node.calls();
        for (int i = 1; i < above.size(); i++) {
            if (edge.equals(new Edge(profile.name(above.get(i - 1)), profile.name(above.get(i))))) {
                return;
            }
        }
        call.total += node.total();
    }

    private static void write(
            long all, Map<String, Weight> functions, Map<Edge, Weight> calls, List<String> shown, Writer out)
            throws IOException {
        out.write("digraph calls {\n");
        int left = functions.size() - shown.size();
        if (left > 0) {
            out.write("  label=" + quote(left + " functions with fewer instructions are not shown") + ";\n");
        }
        out.write("  node [shape=box, style=filled, fontname=\"sans-serif\"];\n");
        for (String name : shown) {
            Weight w = functions.get(name);
            String label = "%s\n%,d of %,d instructions".formatted(name, w.self, w.total);
            double heat = all == 0 ? 0 : (double) w.self / all;
            out.write("  %s [label=%s, fillcolor=\"0.08 %.3f 1.0\"];\n"
                    .formatted(quote(name), quote(label), Math.sqrt(heat)));
        }
        Set<String> drawn = new HashSet<>(shown);
        for (Map.Entry<Edge, Weight> entry : calls.entrySet()) {
            Edge edge = entry.getKey();
            Weight w = entry.getValue();
            if (drawn.contains(edge.from) && drawn.contains(edge.to)) {
                out.write("  %s -> %s [label=%s];\n"
                        .formatted(quote(edge.from), quote(edge.to), quote("%,d x".formatted(w.calls))));
            }
        }
        out.write("}\n");
    }

    private static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
