package dev.ringscope.trace.query;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Linux's names for numbers, from tables in this package's resources: a number, a name and, for a system call, what its
 * arguments are: {@code d} a number, {@code x} an address, a size or a set of bits, {@code s} a string; {@code -} for
 * none. Six {@code x} stand for a call of which that is not known.
 */
final class LinuxNames {
    static final LinuxNames X86_64 = new LinuxNames("linux-x86-64.txt");
    static final LinuxNames I386 = new LinuxNames("linux-i386.txt");
    static final LinuxNames ERRORS = new LinuxNames("linux-errors.txt");

    private static final String UNKNOWN = "xxxxxx";

    /** @param arguments a letter for each */
    record Entry(String name, String arguments) {}

    private final Map<Long, Entry> entries = new HashMap<>();

    private LinuxNames(String resource) {
        try (InputStream in = LinuxNames.class.getResourceAsStream(resource);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                String arguments = words.length < 3 ? UNKNOWN : words[2].equals("-") ? "" : words[2];
                entries.put(Long.valueOf(words[0]), new Entry(words[1], arguments));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }

    Optional<Entry> find(long number) {
        return Optional.ofNullable(entries.get(number));
    }

    /** The arguments of a call, six if it is unknown. */
    String arguments(long number) {
        return find(number).map(Entry::arguments).orElse(UNKNOWN);
    }
}
