package dev.ringscope.cli;

import dev.ringscope.cli.AnswerPrinter.Column;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** A question with many answers, to a recording or the part of it that the filters leave. */
abstract class Question implements Callable<Integer> {
    /** Width of a column for code addresses that symbols may name. */
    private static final int ADDRESS = 18;

    private static final int NAMED = 48;

    @ParentCommand
    private QueryCommand query;

    @Mixin
    QueryOptions options;

    @Mixin
    private FilterOptions filters;

    /** What is asked: the part of a recording, and the names for its addresses. */
    record Asked(Recording recording, Filter filter, Symbols symbols) {}

    /** Complains of options that do not fit together, before anything is opened. */
    void check() {}

    /** Those of the table. */
    abstract List<Column> columns(Symbols symbols);

    /** Prints the answers as they come. */
    abstract void answer(Asked asked, AnswerPrinter out) throws IOException;

    static int addressWidth(Symbols symbols) {
        return symbols.isEmpty() ? ADDRESS : NAMED;
    }

    @Override
    public final Integer call() throws Exception {
        check();
        Symbols symbols = options.symbols();
        try (Recording recording = TraceFile.recording(query.file);
                AnswerPrinter out =
                        new AnswerPrinter(options.json, columns(symbols).toArray(Column[]::new))) {
            answer(new Asked(recording, filters.filter(options, recording.trace(), symbols), symbols), out);
            if (out.isEmpty()) {
                System.err.println("ringscope: nothing found");
            }
        }
        return ExitStatus.OK;
    }
}
