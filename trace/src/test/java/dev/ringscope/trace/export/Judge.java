package dev.ringscope.trace.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A format's own tool: what it makes of what we wrote. */
public final class Judge {
    private Judge() {}

    /** What the tool says, on both streams; it must be content. */
    public static String run(Path folder, String... command) throws IOException, InterruptedException {
        need(isThere(command[0]), command[0]);
        Path output = Files.createTempFile(folder, "judge", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        process.destroyForcibly();
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(ended).as(text).isTrue();
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }

    public static void need(boolean there, String what) {
        String missing = what + " is not installed; ./check installs it";
        if (!there && "1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            throw new AssertionError(missing);
        }
        if (!there) {
            abort(missing);
        }
    }

    private static boolean isThere(String program) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
