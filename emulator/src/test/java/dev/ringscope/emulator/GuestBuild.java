package dev.ringscope.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Assembles the guests of {@code testdata/guests}, for which it needs binutils. */
public final class GuestBuild {
    private static final String SCRIPT = "testdata/guests/build";

    private GuestBuild() {}

    /**
     * Puts the images of these guests into a folder. Without binutils the test is skipped, or fails if it should have
     * them.
     */
    public static void into(Path out, String... guests) throws IOException, InterruptedException {
        boolean present = Stream.of("as", "ld", "objcopy").allMatch(GuestBuild::onPath);
        if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            assertThat(present)
                    .as("as, ld and objcopy (Debian package binutils) are installed")
                    .isTrue();
        }
        assumeTrue(present, "as, ld and objcopy (Debian package binutils) are not installed");
        List<String> command = new ArrayList<>(List.of("sh", script().toString(), out.toString()));
        command.addAll(List.of(guests));
        Process build = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(build.waitFor()).as("%s: %s", command, said).isZero();
    }

    private static Path script() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve(SCRIPT))) {
            folder = folder.getParent();
        }
        assertThat(folder).as("a folder above with %s", SCRIPT).isNotNull();
        return folder.resolve(SCRIPT);
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
