package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Both tiers execute random programs side by side, and at random positions everything is the same: the processor's
 * whole state, memory, and all that the recorder was told (blocks, events, accesses), in its order.
 */
class TierLockstepTest {
    private static final long INSTRUCTIONS = 400_000;

    @ParameterizedTest(name = "program {0}, accesses logged: {1}")
    @CsvSource({"1, false", "2, true", "3, false", "4, true", "5, false", "6, true", "7, false", "8, true"})
    void tiersAgreeAtEveryMoment(long seed, boolean logged) {
        RandomProgram program = new RandomProgram(seed);
        TierSide interpreted = new TierSide(program.processor(), logged, 0);
        TierSide compiled = new TierSide(program.processor(), logged, 20);
        SplittableRandom random = new SplittableRandom(seed);
        while (interpreted.cpu.retired < INSTRUCTIONS) {
            long step = 1 + random.nextInt(random.nextInt(8) == 0 ? 30 : 20_000);
            interpreted.run(step);
            compiled.run(step);
            assertThat(compiled.registers()).isEqualTo(interpreted.registers());
            assertThat(compiled.told()).isEqualTo(interpreted.told());
            assertThat(compiled.state()).isEqualTo(interpreted.state());
            assertThat(compiled.cpu.ram).isEqualTo(interpreted.cpu.ram);
            assertThat(interpreted.cpu.stop).isNull();
        }
        assertThat(compiled.interpreter.compiledInstructions()).isGreaterThan(INSTRUCTIONS / 4);
        assertThat(interpreted.interpreter.compiledInstructions()).isZero();
    }
}
