package dev.ringscope.emulator.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The two images that the emulator carries are what their sources, beside them, assemble to: {@code testdata/guests/build}
 * makes them again with binutils, and every byte is compared.
 */
class BuiltInGuestsTest {
    private static final String GUESTS = "/dev/ringscope/emulator/guest/";

    @TempDir
    private Path out;

    @BeforeEach
    void needsBinutils() {
        boolean present = Stream.of("as", "ld", "objcopy").allMatch(BuiltInGuestsTest::onPath);
        if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            assertThat(present).as("as, ld and objcopy (Debian package binutils) are installed").isTrue();
        }
        assumeTrue(present, "as, ld and objcopy (Debian package binutils) are not installed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "kernel"})
    void imageIsWhatItsSourceAssemblesTo(String name) throws Exception {
        Path script = projectRoot().resolve("testdata/guests/build");

        Process build = new ProcessBuilder("sh", script.toString(), out.toString(), name)
                .redirectErrorStream(true)
                .start();
        String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(build.waitFor()).as(said).isZero();
        assertThat(Arrays.mismatch(Files.readAllBytes(out.resolve(name + ".elf")), committed(name + ".elf")))
                .as("offset of the first byte of %s.elf that is stale (make it again with %s)", name, script)
                .isEqualTo(-1);
    }

    private static byte[] committed(String file) throws IOException {
        try (InputStream image = BuiltInGuestsTest.class.getResourceAsStream(GUESTS + file)) {
            assertThat(image).as("resource %s", file).isNotNull();
            return image.readAllBytes();
        }
    }

    private static Path projectRoot() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("testdata/guests/build"))) {
            folder = folder.getParent();
        }
        assertThat(folder).as("a folder above with testdata/guests/build").isNotNull();
        return folder;
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
