package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AcpiPowerTest {
    private final TestClock clock = new TestClock();
    private final Wire sci = new Wire();
    private int powerOffs;
    private final AcpiPower acpi = new AcpiPower(clock.time, sci, () -> powerOffs++);

    @Test
    void theValueThatPowersQemuOffWorksHereToo() {
        acpi.writePort(0x604, 2, 0x2000);
        assertThat(powerOffs).isEqualTo(1);
        assertThat(acpi.readPort(0x604, 2))
                .as("SLP_EN reads as zero, SCI_EN as one")
                .isEqualTo(1);
    }

    @Test
    void otherSleepTypesAndUnsetSleepEnableDoNothing() {
        acpi.writePort(0x604, 2, 0x0001);
        acpi.writePort(0x604, 2, 0x2400);
        assertThat(powerOffs).isZero();
        assertThat(acpi.readPort(0x604, 2)).isEqualTo(0x0401);
    }

    @Test
    void theTimerCounts24BitsAt3579545Hertz() {
        clock.advance(1_000_000_000);
        assertThat(acpi.readPort(0x608, 4)).isEqualTo(3_579_545);
        clock.advance(4_000_000_000L);
        assertThat(acpi.readPort(0x608, 4)).isEqualTo(5 * 3_579_545 - (1 << 24));
    }

    @Test
    void theTimersCarryInterruptsWhenEnabled() {
        acpi.writePort(0x602, 2, 1);
        clock.advance(2_300_000_000L);
        assertThat(sci.level).isFalse();
        clock.advance(100_000_000L); // 2^23 cycles are 2.34 s
        assertThat(sci.level).isTrue();
        assertThat(acpi.readPort(0x600, 2)).isEqualTo(1);
        acpi.writePort(0x600, 2, 1);
        assertThat(sci.level).isFalse();
        clock.advance(2_400_000_000L);
        assertThat(sci.rises).isEqualTo(2);
    }

    @Test
    void thePowerButtonAsksThroughTheSci() {
        acpi.pressPowerButton();
        assertThat(sci.level).isFalse();
        acpi.writePort(0x602, 2, 0x100);
        assertThat(sci.level).isTrue();
        assertThat(acpi.readPort(0x600, 2)).isEqualTo(0x100);
        acpi.writePort(0x600, 2, 0x100);
        assertThat(sci.level).isFalse();
    }

    @Test
    void stateIsRestored() {
        acpi.writePort(0x602, 2, 0x101);
        acpi.pressPowerButton();
        byte[] state = TestClock.state(acpi);
        AcpiPower other = new AcpiPower(clock.time, sci, () -> {});
        TestClock.restore(other, state);
        assertThat(TestClock.state(other)).isEqualTo(state);
        assertThat(other.readPort(0x602, 2)).isEqualTo(0x101);
    }
}
