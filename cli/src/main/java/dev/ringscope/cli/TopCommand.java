package dev.ringscope.cli;

import dev.ringscope.trace.query.Coverage;
import dev.ringscope.trace.query.Coverage.Covered;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ringscope top}: where a recording's instructions went, on one screen. Nothing is executed again. */
@Command(
        name = "top",
        description =
                "Where the instructions went: functions or blocks, rings, address spaces, traps, system registers.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class TopCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A trace.")
    private Path file;

    @Option(names = "--count", paramLabel = "N", description = "Lines of each list (default: ${DEFAULT-VALUE}).")
    private int count = 10;

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Option(
            names = "--symbols",
            paramLabel = "FILE[@OFFSET]",
            description = "Sum up by this file's functions instead of blocks. May be repeated.")
    private List<Path> symbolFiles = new ArrayList<>();

    @Spec
    private picocli.CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (count <= 0) {
            throw new ParameterException(spec.commandLine(), "--count takes a number above 0, found " + count);
        }
        Symbols symbols = SymbolFiles.read(symbolFiles);
        try (Recording recording = TraceFile.recording(file)) {
            TopSummary top = new TopSummary(recording.trace(), symbols, count, code(recording, symbols), roots);
            Map<String, Long> registers = registers(recording);
            System.out.print(json ? top.json(registers) : top.text(registers));
        }
        return ExitStatus.OK;
    }

    private final Map<Long, Long> roots = new HashMap<>();

    /** Instructions executed by function or block; one of several rings counts as each of them. */
    private Map<TopSummary.Code, Long> code(Recording recording, Symbols symbols) throws IOException {
        Map<TopSummary.Code, Long> executed = new HashMap<>();
        Coverage.list(recording, Filter.ALL, covered -> {
            long instructions = covered.executions() * covered.instructions();
            executed.merge(place(covered, symbols), instructions, Long::sum);
            roots.merge(covered.root(), instructions, Long::sum);
            return true;
        });
        return executed;
    }

    private static TopSummary.Code place(Covered covered, Symbols symbols) {
        long start = symbols.start(covered.address()).orElse(covered.address());
        return new TopSummary.Code(start, covered.rings());
    }

    private static Map<String, Long> registers(Recording recording) throws IOException {
        Map<String, Long> writes = new TreeMap<>();
        Events.list(recording, EnumSet.of(Events.Kind.SYSTEM_REGISTER_WRITE), Filter.ALL, event -> {
            if (event instanceof dev.ringscope.emulator.Event.SystemRegisterWrite e) {
                writes.merge(e.register(), 1L, Long::sum);
            }
            return true;
        });
        return writes;
    }
}
