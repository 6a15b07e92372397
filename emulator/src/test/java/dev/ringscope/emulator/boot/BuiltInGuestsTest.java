package dev.ringscope.emulator.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.GuestBuild;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The two images that the emulator carries are what their sources, beside them, assemble to: every byte is compared.
 */
class BuiltInGuestsTest {
    private static final String GUESTS = "/dev/ringscope/emulator/guest/";

    @TempDir
    private Path out;

    @ParameterizedTest
    @ValueSource(strings = {"demo", "kernel"})
    void imageIsWhatItsSourceAssemblesTo(String name) throws Exception {
        GuestBuild.into(out, name);

        assertThat(Arrays.mismatch(Files.readAllBytes(out.resolve(name + ".elf")), committed(name + ".elf")))
                .as("offset of the first byte of %s.elf that is stale (make it again with testdata/guests/build)", name)
                .isEqualTo(-1);
    }

    private static byte[] committed(String file) throws IOException {
        try (InputStream image = BuiltInGuestsTest.class.getResourceAsStream(GUESTS + file)) {
            assertThat(image).as("resource %s", file).isNotNull();
            return image.readAllBytes();
        }
    }
}
