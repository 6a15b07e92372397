package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.memory.PhysicalMemory;
import org.junit.jupiter.api.Test;

/** Whatever was begun early, a machine gets memory of its own and of its size. */
class EarlyStartTest {
    private static final int ROM = 64 << 10;

    @Test
    void memoryOfTheUsualSizeIsGivenToOneMachine() {
        EarlyStart.begin("run", "--kernel", "image");

        PhysicalMemory first = EarlyStart.memory(MemorySize.USUAL.bytes(), new byte[0]);
        PhysicalMemory second = EarlyStart.memory(1 << 20, new byte[0]);

        assertThat(first.ramSize()).isEqualTo((int) MemorySize.USUAL.bytes());
        assertThat(first.bytes).hasSize((int) MemorySize.USUAL.bytes());
        assertThat(second.ramSize()).isEqualTo(1 << 20);
    }

    @Test
    void aMachineOfAnotherSizeGetsItsOwn() {
        EarlyStart.begin("record", "--memory", "1M");

        assertThat(EarlyStart.memory(1 << 20, new byte[0]).bytes).hasSize(1 << 20);
    }

    @Test
    void anotherGuestGetsMemoryThatGrows() {
        EarlyStart.begin("run", "guest");

        PhysicalMemory memory = EarlyStart.memory(MemorySize.USUAL.bytes(), new byte[0]);

        assertThat(memory.bytes).hasSizeLessThan((int) MemorySize.USUAL.bytes());
        assertThat(memory.whole()).hasSize((int) MemorySize.USUAL.bytes());
    }

    @Test
    void aRomIsBehindTheMemory() {
        EarlyStart.begin("run", "--bios=rom");

        PhysicalMemory memory = EarlyStart.memory(1 << 20, new byte[ROM]);

        assertThat(memory.bytes).hasSize((1 << 20) + ROM);
        assertThat(memory.romStart()).isEqualTo((1L << 32) - ROM);
    }
}
