package dev.ringscope.trace.export;

import dev.ringscope.trace.query.CallTree;
import dev.ringscope.trace.query.CallTree.Node;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Collapsed stacks, as Brendan Gregg's flamegraph.pl takes them: a line for each path of calls, the functions from the
 * outermost on joined by semicolons, and how many instructions ran in the last of them.
 */
final class Collapsed implements Exporter.ToFile {
    @Override
    public String name() {
        return "collapsed";
    }

    @Override
    public String description() {
        return "instructions by path of calls, for flame graphs (flamegraph.pl, speedscope)";
    }

    @Override
    public void write(Exported exported, OutputStream out) throws IOException {
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
        CallProfile profile = CallProfile.of(exported);
        profile.walk(path -> line(profile, path, writer));
        writer.flush();
    }

    private static void line(CallProfile profile, List<Node> path, Writer out) throws IOException {
        CallTree.Node last = path.getLast();
        if (last.self() == 0) {
            return;
        }
        for (int i = 0; i < path.size(); i++) {
            out.write(i == 0 ? "" : ";");
            out.write(profile.name(path.get(i)).replace(';', ':').replace('\n', ' '));
        }
        out.write(" " + last.self() + "\n");
    }
}
