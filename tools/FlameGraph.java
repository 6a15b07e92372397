/*
 * Draws a flame graph of a Java flight recording as an SVG that needs no script.
 *
 *     java tools/FlameGraph.java RECORDING.jfr OUT.svg [TITLE]
 *
 * A box is a method, its width the share of samples in which it was running or had called what was, and it stands on
 * its caller (the idea is Brendan Gregg's, "The Flame Graph", CACM 59(6), 2016). The lowest row is threads. Callees lie
 * in the order of their names, so that two graphs can be compared. What is narrower than 1/400 of the whole is left
 * out.
 */

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

private static final int WIDTH = 1200;
private static final int ROW = 17;
private static final int HEAD = 30;
/** A box needs so many samples of all, 1 in this. */
private static final int LEAST = 400;
/** Pixels that a letter takes. */
private static final double LETTER = 6.2;

void main(String[] args) throws IOException {
    if (args.length < 2 || args.length > 3) {
        System.err.println("usage: java tools/FlameGraph.java RECORDING.jfr OUT.svg [TITLE]");
        System.exit(64);
    }
    Node root = new Node("all");
    try (RecordingFile events = new RecordingFile(Path.of(args[0]))) {
        while (events.hasMoreEvents()) {
            RecordedEvent event = events.readEvent();
            if (event.getEventType().getName().equals("jdk.ExecutionSample") && event.getStackTrace() != null) {
                root.add(thread(event), event.getStackTrace().getFrames());
            }
        }
    }
    if (root.samples == 0) {
        System.err.println("FlameGraph: " + args[0] + ": no samples of Java methods");
        System.exit(65);
    }
    String title = args.length > 2 ? args[2] : Path.of(args[0]).getFileName().toString();
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(Path.of(args[1])))) {
        new Drawing(out, root, title).draw();
    }
}

private static String thread(RecordedEvent event) {
    RecordedThread thread = event.getThread("sampledThread");
    String name = thread == null || thread.getJavaName() == null ? "a thread" : thread.getJavaName();
    return name.replaceAll("[-0-9]+$", "");
}

/** A method in one of the places where it was called from. */
static final class Node {
    final String name;
    final TreeMap<String, Node> callees = new TreeMap<>();
    long samples;
    long own;

    Node(String name) {
        this.name = name;
    }

    /** @param frames the innermost first */
    void add(String thread, List<RecordedFrame> frames) {
        samples++;
        Node node = into(thread);
        for (RecordedFrame frame : frames.reversed()) {
            if (frame.isJavaFrame()) {
                node = node.into(name(frame));
            }
        }
        node.own++;
    }

    private Node into(String callee) {
        Node node = callees.computeIfAbsent(callee, Node::new);
        node.samples++;
        return node;
    }

    /** Without packages and the numbers of classes made while running. */
    private static String name(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        type = type.replaceAll("[/+.]?0x[0-9a-f]+(\\.\\d+)?$", "");
        return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethod().getName();
    }

    int depth(long least) {
        int deepest = 0;
        for (Node callee : callees.values()) {
            deepest = callee.samples >= least ? Math.max(deepest, callee.depth(least)) : deepest;
        }
        return deepest + 1;
    }
}

/** The boxes, threads at the bottom. */
static final class Drawing {
    private final PrintWriter out;
    private final Node root;
    private final String title;
    private final long least;
    private final int rows;

    Drawing(PrintWriter out, Node root, String title) {
        this.out = out;
        this.root = root;
        this.title = title;
        least = Math.max(1, root.samples / LEAST);
        rows = root.depth(least) - 1;
    }

    void draw() {
        int height = HEAD + rows * ROW + 8;
        out.printf(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"monospace\""
                        + " font-size=\"10\">%n",
                WIDTH,
                height);
        out.printf("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>%n", WIDTH, height);
        out.printf(
                "<text x=\"4\" y=\"18\" font-size=\"13\">%s (%,d samples)</text>%n", escaped(title), root.samples);
        callees(root, 0, 0);
        out.println("</svg>");
    }

    private void callees(Node node, long from, int row) {
        long at = from;
        for (Node callee : node.callees.values()) {
            if (callee.samples >= least) {
                box(callee, at, row);
                callees(callee, at, row + 1);
                at += callee.samples;
            }
        }
    }

    private void box(Node node, long from, int row) {
        double x = (double) WIDTH * from / root.samples;
        double width = (double) WIDTH * node.samples / root.samples;
        int y = HEAD + (rows - 1 - row) * ROW;
        out.printf(
                Locale.ROOT,
                "<g><title>%s: %.1f %%, itself %.1f %%</title>"
                        + "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
                escaped(node.name),
                100.0 * node.samples / root.samples,
                100.0 * node.own / root.samples,
                x,
                y,
                Math.max(0.3, width - 0.4),
                ROW - 1,
                color(node.name, row));
        int letters = (int) ((width - 4) / LETTER);
        if (letters >= 3) {
            String text = node.name.length() <= letters ? node.name : node.name.substring(0, letters - 1) + "…";
            out.printf(Locale.ROOT, "<text x=\"%.1f\" y=\"%d\">%s</text>", x + 2, y + 12, escaped(text));
        }
        out.println("</g>");
    }

    /** Threads are grey; a method's shade comes from its class, so that one class is one colour everywhere. */
    private static String color(String name, int row) {
        if (row == 0) {
            return "#c8c8c8";
        }
        int hash = name.substring(0, name.lastIndexOf('.')).hashCode() * 0x9e3779b9;
        int green = 150 + (hash >>> 16 & 0x5f);
        int blue = 90 + (hash >>> 8 & 0x3f);
        return "#%02x%02x%02x".formatted(225 + (hash >>> 27), green, blue);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
