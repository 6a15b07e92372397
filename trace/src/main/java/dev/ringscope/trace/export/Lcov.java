package dev.ringscope.trace.export;

import dev.ringscope.trace.query.Coverage;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Jumps;
import dev.ringscope.trace.symbols.SourceLine;
import dev.ringscope.trace.symbols.SourceLines;
import dev.ringscope.trace.symbols.Symbols;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Lines of source code that were executed, as lcov's tracefiles have them (geninfo(1)): the lines that DWARF gives
 * statements, each as often as the most frequent of its instructions ran; copies in several functions are added up.
 * Branches are the machine's: the conditional jumps of a line that were executed, in the order of their addresses, each
 * with how often it was taken (0) and how often it was not (1).
 */
final class Lcov implements Exporter.ToFile {
    @Override
    public String name() {
        return "lcov";
    }

    @Override
    public String description() {
        return "coverage of source lines, functions and branches (needs symbols with DWARF lines), for genhtml";
    }

    @Override
    public void write(Exported exported, OutputStream out) throws IOException {
        if (exported.symbols().sourceLines().stream().allMatch(SourceLines::isEmpty)) {
            throw new IOException(
                    "lcov wants source lines, and there are none: name an ELF file with DWARF line numbers"
                            + " (compiled with -g) in the symbols");
        }
        ExecutionCounts counts = new ExecutionCounts();
        Coverage.list(exported.recording(), Filter.of(exported.range()), exported.asked(block -> {
            counts.add(block.address(), block.size(), block.executions());
            return true;
        }));
        Files files = new Files(exported.symbols(), counts);
        for (SourceLines lines : exported.symbols().sourceLines()) {
            lines.each(files::code);
        }
        files.endFunction();
        exported.symbols().functions(files::function);
        Jumps.list(exported.recording(), exported.range(), exported.asked(files::jump));
        try (Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16)) {
            files.write(writer);
        }
    }

    private record Function(int line, long executions) {}

    private record Branch(int line, Jumps.Jump jump) {}

    private record Source(TreeMap<Integer, Long> lines, TreeMap<String, Function> functions, List<Branch> branches) {}

    private static final class Files {
        private final Symbols symbols;
        private final ExecutionCounts counts;
        private final Map<String, Source> sources = new TreeMap<>();
        /** What the lines of the function that is being told have so far. */
        private final Map<SourceLine, Long> ofFunction = new HashMap<>();

        private OptionalLong function = OptionalLong.empty();

        Files(Symbols symbols, ExecutionCounts counts) {
            this.symbols = symbols;
            this.counts = counts;
        }

        private Source source(String file) {
            return sources.computeIfAbsent(file, _ -> new Source(new TreeMap<>(), new TreeMap<>(), new ArrayList<>()));
        }

        void code(long first, long end, SourceLine line, boolean statement) {
            OptionalLong around = symbols.start(first);
            if (!around.equals(function)) {
                endFunction();
                function = around;
            }
            long most = counts.most(first, end);
            if (statement) {
                ofFunction.merge(line, most, Math::max);
            } else {
                ofFunction.computeIfPresent(line, (_, before) -> Math.max(before, most));
            }
        }

        void endFunction() {
            ofFunction.forEach((line, count) -> source(line.file()).lines.merge(line.line(), count, Long::sum));
            ofFunction.clear();
        }

        void function(long address, String name) {
            symbols.line(address)
                    .ifPresent(line -> source(line.file())
                            .functions
                            .merge(
                                    name,
                                    new Function(line.line(), counts.most(address, address + 1)),
                                    (a, b) -> new Function(Math.min(a.line, b.line), a.executions + b.executions)));
        }

        boolean jump(Jumps.Jump jump) {
            symbols.line(jump.address())
                    .ifPresent(line -> source(line.file()).branches.add(new Branch(line.line(), jump)));
            return true;
        }

        void write(Writer out) throws IOException {
            for (Map.Entry<String, Source> entry : sources.entrySet()) {
                Source source = entry.getValue();
                out.write("TN:ringscope\nSF:" + entry.getKey() + "\n");
                for (Map.Entry<String, Function> f : source.functions.entrySet()) {
                    out.write("FN:%d,%s\n".formatted(f.getValue().line, f.getKey()));
                }
                for (Map.Entry<String, Function> f : source.functions.entrySet()) {
                    out.write("FNDA:%d,%s\n".formatted(f.getValue().executions, f.getKey()));
                }
                long hit = source.functions.values().stream()
                        .filter(f -> f.executions > 0)
                        .count();
                out.write("FNF:%d\nFNH:%d\n".formatted(source.functions.size(), hit));
                branches(source.branches, out);
                for (Map.Entry<Integer, Long> line : source.lines.entrySet()) {
                    out.write("DA:%d,%d\n".formatted(line.getKey(), line.getValue()));
                }
                long covered = source.lines.values().stream().filter(n -> n > 0).count();
                out.write("LF:%d\nLH:%d\nend_of_record\n".formatted(source.lines.size(), covered));
            }
        }

        private static void branches(List<Branch> branches, Writer out) throws IOException {
            if (branches.isEmpty()) {
                return;
            }
            branches.sort(Comparator.comparingInt(Branch::line));
            int number = 0;
            int line = 0;
            int hit = 0;
            for (Branch branch : branches) {
                number = branch.line == line ? number + 1 : 0;
                line = branch.line;
                long[] ways = {branch.jump.taken(), branch.jump.passed()};
                for (int way = 0; way < ways.length; way++) {
                    out.write("BRDA:%d,%d,%d,%d\n".formatted(line, number, way, ways[way]));
                    hit += ways[way] > 0 ? 1 : 0;
                }
            }
            out.write("BRF:%d\nBRH:%d\n".formatted(2 * branches.size(), hit));
        }
    }
}
