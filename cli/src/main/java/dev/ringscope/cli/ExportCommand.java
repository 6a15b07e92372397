package dev.ringscope.cli;

import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.export.Exported;
import dev.ringscope.trace.export.Exporter;
import dev.ringscope.trace.export.Formats;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ringscope export}: writes a recording for somebody else's visualizer. */
@Command(
        name = "export",
        description = "Write a trace in the format of another tool.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ExportCommand implements Callable<Integer> {
    /** The formats, as the help lists them. */
    static final class FormatNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Formats.ALL.stream().map(Exporter::name).iterator();
        }
    }

    @Parameters(paramLabel = "FILE", description = "A trace.")
    private Path file;

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            completionCandidates = FormatNames.class,
            description = "One of ${COMPLETION-CANDIDATES}.")
    private String format;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = "The file to write, - for standard output; for formats of several files: a new folder.")
    private Path output;

    @Option(names = "--force", description = "Overwrite OUT if it is there.")
    private boolean force;

    @Option(
            names = "--to",
            paramLabel = "N",
            description = "End in front of this position, like --from (default: at the end).")
    private String to;

    @Mixin
    private PlaceOptions options;

    @Override
    public Integer call() throws Exception {
        Exporter exporter = Formats.find(format)
                .orElseThrow(() -> options.usage("--format takes one of %s, found \"%s\""
                        .formatted(String.join(", ", new FormatNames()), format)));
        boolean folder = exporter instanceof Exporter.ToFolder;
        if (folder) {
            checkFolder();
        } else if (!isStandardOutput()) {
            OutputFile.check(output, force);
        }
        try (Recording recording = TraceFile.recording(file)) {
            Exported exported = exported(recording);
            switch (exporter) {
                case Exporter.ToFile f -> write(f, exported);
                case Exporter.ToFolder f -> write(f, exported);
            }
        }
        return ExitStatus.OK;
    }

    private Exported exported(Recording recording) throws IOException {
        TraceReader trace = recording.trace();
        long from = options.position(trace);
        long end = to == null ? Long.MAX_VALUE : options.position("--to", to, trace);
        if (from >= trace.endPosition() || end <= from) {
            throw options.usage("there is no instruction between --from and --to");
        }
        return new Exported(recording, new Range(from, end, 0), options.symbols(), Asker.PATIENT);
    }

    private boolean isStandardOutput() {
        return output.toString().equals("-");
    }

    private void write(Exporter.ToFile exporter, Exported exported) throws IOException {
        if (isStandardOutput()) {
            OutputStream out = new BufferedOutputStream(new FileOutputStream(java.io.FileDescriptor.out), 1 << 16);
            exporter.write(exported, out);
            out.flush();
            return;
        }
        Path partial = output.resolveSibling(output.getFileName() + ".partial");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16)) {
                exporter.write(exported, out);
            }
            Files.move(partial, output, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private void checkFolder() throws IOException {
        if (isStandardOutput()) {
            throw options.usage("--format %s makes several files: -o takes a folder".formatted(format));
        }
        if (!Files.exists(output)) {
            return;
        }
        if (!Files.isDirectory(output)) {
            throw new CommandFailure(ExitStatus.IO, output + ": is a file, expected a folder");
        }
        try (Stream<Path> files = Files.list(output)) {
            if (!force && files.findAny().isPresent()) {
                throw new CommandFailure(ExitStatus.IO, output + ": is not empty; --force writes into it");
            }
        }
    }

    /** What could not be written to its end is not left behind, unless the folder was there before. */
    private void write(Exporter.ToFolder exporter, Exported exported) throws IOException {
        boolean made = !Files.exists(output);
        Files.createDirectories(output);
        boolean done = false;
        try {
            exporter.write(exported, output);
            done = true;
        } finally {
            if (made && !done) {
                delete(output);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                Files.delete(path);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, IOException problem) throws IOException {
                Files.delete(path);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
