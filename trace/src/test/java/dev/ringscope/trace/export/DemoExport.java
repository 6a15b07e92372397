package dev.ringscope.trace.export;

import dev.ringscope.emulator.Machine;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The demonstration guest, recorded, with its symbols. */
record DemoExport(Path folder, Recording recording, Symbols symbols) implements AutoCloseable {
    static DemoExport in(Path folder) throws IOException {
        Recording recording = Recording.open(Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW));
        Path elf = folder.resolve("demo.elf");
        try (InputStream in = Machine.class.getResourceAsStream("guest/demo.elf")) {
            Files.copy(in, elf);
        }
        Symbols symbols = new Symbols();
        symbols.add(elf);
        return new DemoExport(folder, recording, symbols);
    }

    Exported of(Range range) {
        return new Exported(recording, range, symbols, Asker.PATIENT);
    }

    Path write(Exporter.ToFile format, Range range) throws IOException {
        Path file = folder.resolve("demo." + format.name());
        try (OutputStream out = Files.newOutputStream(file)) {
            format.write(of(range), out);
        }
        return file;
    }

    Path write(Exporter.ToFile format) throws IOException {
        return write(format, Range.ALL);
    }

    @Override
    public void close() throws IOException {
        recording.close();
    }
}
