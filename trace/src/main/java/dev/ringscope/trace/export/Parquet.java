package dev.ringscope.trace.export;

import dev.ringscope.trace.export.parquet.ParquetFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Three tables of the same positions for DuckDB, Spark, Trino: instructions, data accesses, events. */
final class Parquet implements Exporter.ToFolder {
    @Override
    public String name() {
        return "parquet";
    }

    @Override
    public String description() {
        return "tables of instructions, data accesses and events, for DuckDB, Spark and other databases";
    }

    @Override
    public void write(Exported exported, Path folder) throws IOException {
        try (ParquetFile file = create(folder, "instructions")) {
            new InstructionTable(exported, file).write();
        }
        try (ParquetFile file = create(folder, "accesses")) {
            AccessTable.write(exported, file);
        }
        try (ParquetFile file = create(folder, "events")) {
            new EventTable(exported, file).write();
        }
    }

    private static ParquetFile create(Path folder, String table) throws IOException {
        Path path = folder.resolve(table + ".parquet");
        return new ParquetFile(table, new BufferedOutputStream(Files.newOutputStream(path), 1 << 16));
    }
}
