package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PitTest {
    /** Cycles of the 1.193182 MHz clock, each rounded up to whole nanoseconds. */
    private static final long CYCLE = 839;

    private final TestClock clock = new TestClock();
    private final Wire irq0 = new Wire();
    private final Pit pit = new Pit(clock.time, irq0);

    private void program(int control, int count) {
        pit.writeByte(0x43, control);
        int port = 0x40 + (control >> 6);
        pit.writeByte(port, count & 0xff);
        pit.writeByte(port, count >> 8);
    }

    /** Moves to the middle of the cycle that many after the present one. */
    private void cycles(long n) {
        long cycle = Pit.CLOCK.cycles(clock.time.now()) + n;
        clock.advance(Pit.CLOCK.nanoseconds(cycle) + CYCLE / 2 - clock.time.now());
    }

    private int latched(int channel) {
        pit.writeByte(0x43, channel << 6);
        return pit.readByte(0x40 + channel) | pit.readByte(0x40 + channel) << 8;
    }

    private int status(int channel) {
        pit.writeByte(0x43, 0xe0 | 2 << channel);
        return pit.readByte(0x40 + channel);
    }

    @Test
    void rateGeneratorInterruptsOncePerPeriod() {
        program(0x34, 11932); // 100 Hz
        irq0.rises = 0;
        clock.advance(1_000_000_000);
        assertThat(irq0.rises).isEqualTo(99);
        clock.advance(1_000_000);
        assertThat(irq0.rises).isEqualTo(100);
    }

    @Test
    void rateGeneratorIsLowForTheLastCycleOnly() {
        program(0x34, 4);
        StringBuilder seen = new StringBuilder();
        cycles(1);
        for (int i = 0; i < 9; i++) {
            seen.append(latched(0)).append((status(0) & 0x80) != 0 ? 'h' : 'l');
            cycles(1);
        }
        assertThat(seen).hasToString("4h3h2h1l4h3h2h1l4h");
    }

    @Test
    void squareWaveIsHighForTheLongerHalfOfAnOddCount() {
        program(0x36, 5);
        StringBuilder seen = new StringBuilder();
        cycles(1);
        for (int i = 0; i < 10; i++) {
            seen.append(latched(0)).append(irq0.level ? 'h' : 'l');
            cycles(1);
        }
        assertThat(seen).hasToString("4h2h0h4l2l4h2h0h4l2l");
    }

    @Test
    void interruptOnTerminalCountRisesOnceAndCountsOn() {
        program(0x30, 10);
        assertThat(irq0.level).as("low from the control word on").isFalse();
        cycles(10);
        assertThat(irq0.level).isFalse();
        assertThat(latched(0)).isEqualTo(1);
        cycles(1);
        assertThat(irq0.level).isTrue();
        cycles(3);
        assertThat(latched(0)).isEqualTo(0xfffd);
        clock.advance(1_000_000_000);
        assertThat(irq0.rises).isEqualTo(1);
    }

    @Test
    void strobeIsLowForOneCycle() {
        program(0x38, 3);
        cycles(3);
        assertThat(irq0.level).isTrue();
        cycles(1);
        assertThat(irq0.level).isFalse();
        cycles(1);
        assertThat(irq0.level).isTrue();
    }

    @Test
    void aNewCountOfAPeriodicModeWaitsForTheEndOfThePeriod() {
        program(0x34, 10);
        cycles(4);
        pit.writeByte(0x40, 3);
        pit.writeByte(0x40, 0);
        assertThat(latched(0)).isEqualTo(7);
        assertThat(status(0) & 0x40).as("null count").isEqualTo(0x40);
        cycles(6);
        assertThat(latched(0)).isEqualTo(1);
        cycles(1);
        assertThat(latched(0)).isEqualTo(3);
        assertThat(status(0)).isEqualTo(0xb4);
        cycles(3);
        assertThat(latched(0)).isEqualTo(3);
    }

    @Test
    void countsInBcdAndTakesZeroForTenThousand() {
        program(0x31, 0);
        cycles(1);
        assertThat(latched(0)).isZero();
        cycles(1);
        assertThat(latched(0)).isEqualTo(0x9999);
        program(0x31, 0x1234);
        cycles(36);
        assertThat(latched(0)).isEqualTo(0x1199);
    }

    @Test
    void aLatchedCountStaysUntilItIsRead() {
        program(0x34, 1000);
        cycles(1);
        pit.writeByte(0x43, 0);
        cycles(50);
        pit.writeByte(0x43, 0);
        assertThat(pit.readByte(0x40) | pit.readByte(0x40) << 8).isEqualTo(1000);
        assertThat(latched(0)).isEqualTo(950);
    }

    @Test
    void singleByteAccessesReachOneHalf() {
        pit.writeByte(0x43, 0x14); // channel 0, low byte only, mode 2
        pit.writeByte(0x40, 200);
        cycles(1);
        assertThat(pit.readByte(0x40)).isEqualTo(200);
        pit.writeByte(0x43, 0x24); // high byte only
        pit.writeByte(0x40, 2);
        cycles(2);
        assertThat(pit.readByte(0x40)).isEqualTo(1);
    }

    @Test
    void theGateOfChannelTwoHoldsAndReleasesTheCount() {
        program(0xb0, 100);
        cycles(20);
        assertThat(latched(2)).as("gate low").isEqualTo(100);
        assertThat(pit.output2()).isFalse();
        pit.gate2(true);
        cycles(60);
        assertThat(latched(2)).isEqualTo(40);
        pit.gate2(false);
        cycles(1000);
        assertThat(latched(2)).isEqualTo(40);
        pit.gate2(true);
        cycles(40);
        assertThat(pit.output2()).isTrue();
    }

    @Test
    void aOneShotStartsAtTheGatesRisingEdge() {
        program(0xb2, 5);
        assertThat(pit.output2()).isTrue();
        cycles(10);
        pit.gate2(true);
        cycles(1);
        assertThat(pit.output2()).isFalse();
        cycles(3);
        pit.gate2(false);
        pit.gate2(true); // again
        cycles(5);
        assertThat(pit.output2()).isFalse();
        cycles(1);
        assertThat(pit.output2()).isTrue();
    }

    @Test
    void stateIsRestoredWithItsPhase() {
        program(0x36, 1000);
        cycles(700);
        byte[] state = TestClock.state(pit);
        int count = latched(0);
        Pit other = new Pit(clock.time, new Wire());
        TestClock.restore(other, state);
        assertThat(TestClock.state(other)).isEqualTo(state);
        other.writeByte(0x43, 0);
        assertThat(other.readByte(0x40) | other.readByte(0x40) << 8).isEqualTo(count);
    }
}
