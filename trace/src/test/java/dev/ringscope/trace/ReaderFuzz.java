package dev.ringscope.trace;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Jazzer calls with bytes of its own: packets of a trace, which get checksums that fit, so that it comes behind
 * them.
 */
public final class ReaderFuzz {
    private static final Path FILE = file();

    private ReaderFuzz() {}

    private static Path file() {
        try {
            return Files.createTempFile("fuzzed", ".rst");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param data packets as they lie in a file, whose last four bytes do not count */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(data.length);
        ForgedTraces.withChecksums(data, out);
        Files.write(FILE, out.toByteArray());
        ForgedTraces.use(FILE, data.length);
    }
}
