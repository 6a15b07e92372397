package dev.ringscope.emulator.x86.fpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs of src/test/native, built with gcc when first wanted: each reads a file of cases and writes a file of
 * results.
 */
public final class NativeOracle {
    private static final Map<String, Path> BUILT = new HashMap<>();

    private NativeOracle() {}

    /**
     * Runs {@code src/test/native/NAME.c} on this machine's processor.
     *
     * @param cases what its head says it reads
     * @return what it wrote
     */
    public static byte[] run(String name, byte[] cases) {
        try {
            Path folder = Files.createTempDirectory("oracle");
            Path input = Files.write(folder.resolve("cases"), cases);
            Path output = folder.resolve("results");
            command(executable(name).toString(), input.toString(), output.toString());
            byte[] results = Files.readAllBytes(output);
            Files.delete(input);
            Files.delete(output);
            Files.delete(folder);
            return results;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized Path executable(String name) throws IOException {
        Path built = BUILT.get(name);
        if (built == null) {
            Path folder = Files.createTempDirectory("oracle");
            built = folder.resolve(name);
            Path source = Path.of("src/test/native", name + ".c");
            command("gcc", "-O1", "-mno-red-zone", "-o", built.toString(), source.toString());
            folder.toFile().deleteOnExit();
            built.toFile().deleteOnExit();
            BUILT.put(name, built);
        }
        return built;
    }

    /**
     * Where the manuals leave results undefined the emulator follows AMD's processors; beside others those cases prove
     * nothing.
     */
    public static boolean onAmd() {
        try {
            return Files.readString(Path.of("/proc/cpuinfo")).contains("AuthenticAMD");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A missing gcc skips the test, except under ./check, which installs it. */
    private static Process start(String... command) throws IOException {
        try {
            return new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            Assumptions.assumeTrue("1".equals(System.getenv("RINGSCOPE_CHECK")), e.getMessage());
            throw e;
        }
    }

    private static void command(String... command) throws IOException {
        Process process = start(command);
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(String.join(" ", command) + " ended with status " + status);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + String.join(" ", command), e);
        }
    }
}
