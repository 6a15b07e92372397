package dev.ringscope.trace.export;

import dev.ringscope.trace.query.CallTree.Node;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A profile in Callgrind's format ("Callgrind Format Specification", version 1): the objects are rings. A function's
 * costs stand in several places, one for each path that leads to it; readers add them up.
 */
final class Callgrind implements Exporter.ToFile {
    @Override
    public String name() {
        return "callgrind";
    }

    @Override
    public String description() {
        return "instructions by function and call, for callgrind_annotate and KCachegrind";
    }

    @Override
    public void write(Exported exported, OutputStream out) throws IOException {
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
        new Costs(CallProfile.of(exported), writer).write();
        writer.flush();
    }

    private static final class Costs {
        private final CallProfile profile;
        private final Writer out;
        private final Map<String, Integer> functions = new HashMap<>();
        private final Map<String, Integer> objects = new HashMap<>();

        Costs(CallProfile profile, Writer out) {
            this.profile = profile;
            this.out = out;
        }

        void write() throws IOException {
            out.write("# callgrind format\nversion: 1\ncreator: Ringscope\npositions: line\nevents: Instructions\n");
            out.write("summary: " + profile.total() + "\n");
            profile.walk(path -> costs(path.getLast()));
            out.write("\ntotals: " + profile.total() + "\n");
        }

        private void costs(Node node) throws IOException {
            String object = "ring " + node.ring();
            out.write("\nob=" + compressed(objects, object) + "\nfl=(1)" + (functions.isEmpty() ? " ???" : "") + "\n");
            out.write("fn=" + compressed(functions, profile.name(node)) + "\n0 " + node.self() + "\n");
            for (Node child : node.children()) {
                out.write("cob=" + compressed(objects, object) + "\ncfi=(1)\n");
                out.write("cfn=" + compressed(functions, profile.name(child)) + "\n");
                out.write("calls=" + child.calls() + " 0\n0 " + child.total() + "\n");
            }
        }

        /** A name is written in full once. */
        private static String compressed(Map<String, Integer> known, String name) {
            Integer number = known.get(name);
            if (number != null) {
                return "(" + number + ")";
            }
            known.put(name, known.size() + 1);
            return "(" + known.size() + ") " + name.replace('\n', ' ');
        }
    }
}
