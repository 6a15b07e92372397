package dev.ringscope.cli;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Prints answers on standard output as they come: a table with a header line, or one JSON object a line. Columns are as
 * wide as they were declared; a cell that is wider pushes the rest of its line.
 */
final class AnswerPrinter implements Closeable {
    /**
     * A column of the table.
     *
     * @param width in characters; negative: aligned to the right; 0 for the last
     */
    record Column(String name, int width) {}

    /** As if SIGPIPE had ended us: whoever read our output has had enough. */
    private static final int NOBODY_READS = 141;

    private static final int CHECKED_EVERY = 4096;

    private final PrintStream stream = System.out;
    private final BufferedWriter out =
            new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), 1 << 16);
    private final Column[] columns;
    private final boolean json;
    private boolean begun;
    private int unchecked;

    AnswerPrinter(boolean json, Column... columns) {
        this.json = json;
        this.columns = columns;
    }

    /** @return true: more may come. @throws CommandFailure if nobody reads any more */
    boolean print(Answer answer) throws IOException {
        if (json) {
            out.write(answer.json().toString());
            out.write('\n');
        } else {
            if (!begun) {
                row(java.util.Arrays.stream(columns).map(Column::name).toArray(String[]::new));
            }
            row(answer.cells());
        }
        begun = true;
        if (++unchecked == CHECKED_EVERY) {
            check();
        }
        return true;
    }

    private void row(String[] cells) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            int width = columns[i].width;
            int fill = Math.abs(width) - cells[i].codePointCount(0, cells[i].length());
            line.repeat(' ', width < 0 ? Math.max(0, fill) : 0).append(cells[i]);
            line.repeat(' ', width > 0 ? Math.max(0, fill) : 0).append("  ");
        }
        out.write(line.toString().stripTrailing());
        out.write('\n');
    }

    private void check() throws IOException {
        unchecked = 0;
        out.flush();
        if (stream.checkError()) {
            throw new CommandFailure(NOBODY_READS, "");
        }
    }

    /** Whether nothing was printed yet. */
    boolean isEmpty() {
        return !begun;
    }

    /** Prints what is left. */
    @Override
    public void close() throws IOException {
        out.flush();
        if (stream.checkError()) {
            throw new CommandFailure(NOBODY_READS, "");
        }
    }
}
