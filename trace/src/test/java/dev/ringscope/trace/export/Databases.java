package dev.ringscope.trace.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** DuckDB and hyparquet, which read Parquet files without us. */
public final class Databases {
    private static final Path ROOT =
            Path.of(System.getProperty("ringscope.root", "..")).toAbsolutePath().normalize();
    private static final Path MODULES = ROOT.resolve(".cache/npm/node_modules");

    private Databases() {}

    /** The rows of all answers, values between bars. */
    public static List<String> ask(Path folder, String... questions) throws IOException, InterruptedException {
        return run(folder, "@duckdb/node-api", List.of(questions));
    }

    /** All rows of a file. */
    public static List<String> rows(Path folder, String file, String... columns)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("--rows", file));
        words.addAll(List.of(columns));
        return run(folder, "hyparquet-compressors", words);
    }

    private static List<String> run(Path folder, String needed, List<String> words)
            throws IOException, InterruptedException {
        Judge.need(Files.isDirectory(MODULES.resolve(needed)), needed);
        List<String> command = new ArrayList<>(
                List.of("node", ROOT.resolve("testdata/readers/parquet.mjs").toString(), MODULES.toString()));
        command.addAll(words);
        return Judge.run(folder, command.toArray(String[]::new)).lines().toList();
    }
}
