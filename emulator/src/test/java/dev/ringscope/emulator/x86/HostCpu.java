package dev.ringscope.emulator.x86;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The host's own processor, driven through src/test/native/hostcpu.c, whose head documents how. */
final class HostCpu {
    private static Path executable;

    private HostCpu() {}

    static List<ProcessorOutcome> run(List<ProcessorCase> cases) {
        ByteBuffer in = ByteBuffer.allocate(cases.size() * ProcessorCase.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        cases.forEach(c -> c.put(in));
        ByteBuffer out = ByteBuffer.wrap(execute(in.array())).order(ByteOrder.LITTLE_ENDIAN);
        List<ProcessorOutcome> outcomes = new ArrayList<>(cases.size());
        for (ProcessorCase c : cases) {
            outcomes.add(ProcessorOutcome.from(out, c.base()));
        }
        return outcomes;
    }

    private static byte[] execute(byte[] input) {
        try {
            Path folder = Files.createTempDirectory("hostcpu");
            Path cases = Files.write(folder.resolve("cases"), input);
            Path results = folder.resolve("results");
            command(executable().toString(), cases.toString(), results.toString());
            byte[] output = Files.readAllBytes(results);
            Files.delete(cases);
            Files.delete(results);
            Files.delete(folder);
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized Path executable() throws IOException {
        if (executable == null) {
            Path folder = Files.createTempDirectory("hostcpu");
            Path built = folder.resolve("hostcpu");
            folder.toFile().deleteOnExit();
            built.toFile().deleteOnExit();
            command("gcc", "-O1", "-o", built.toString(), "src/test/native/hostcpu.c");
            executable = built;
        }
        return executable;
    }

    private static void command(String... command) throws IOException {
        Process process = new ProcessBuilder(command).inheritIO().start();
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
