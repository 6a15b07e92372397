package dev.ringscope.emulator.insn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuickCompilationTest {
    /** One that it does not understand makes it refuse them all, and then regions cost ten times as much. */
    @Test
    void hotSpotTakesTheDirectives() {
        assertThat(QuickCompilation.ask().strip()).isEqualTo("2 compiler directives added");
    }
}
