package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A trace that somebody forged, whose checksums are right: reading, re-executing and asking end, within bounds, with
 * answers or with an error that says where. {@code -Dringscope.hostile.rounds} and {@code seed} make it longer.
 */
class HostileTraceTest {
    private static final int ROUNDS = Integer.getInteger("ringscope.hostile.rounds", 80);
    private static final long SEED = Long.getLong("ringscope.hostile.seed", 7);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"FLOW, false", "FLOW, true", "MEMORY, false", "FULL, false"})
    void nothingForgedDoesHarm(Detail detail, boolean compression) throws IOException {
        byte[] whole = Files.readAllBytes(ForgedTraces.small(folder.resolve("whole.rst"), detail, compression));
        Path forged = folder.resolve("forged.rst");
        Random random = new Random(SEED);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Files.write(forged, ForgedTraces.forge(whole, random));
            try {
                refused += ForgedTraces.use(forged, random.nextLong()) ? 0 : 1;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed %d, round %d".formatted(SEED, round), e);
            }
        }
        assertThat(refused).isBetween(ROUNDS / 5, ROUNDS);
    }
}
