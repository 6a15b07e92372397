package dev.ringscope.emulator.insn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuickCompilationTest {
    /** One that it does not understand makes it refuse them all, and then regions cost ten times as much. */
    @Test
    void hotSpotTakesTheDirectives() {
        QuickCompilation.keepFromC2(List.of("com.example.", "com.example.Other"));
        assertThat(QuickCompilation.ask().strip()).isEqualTo("2 compiler directives added");
    }
}
