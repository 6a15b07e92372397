package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class CmosTest {
    private static final long SECOND = 1_000_000_000;

    private final TestClock clock = new TestClock();
    private final Wire irq8 = new Wire();
    private final Wire nmiMask = new Wire();
    private final Cmos cmos = new Cmos(clock.time, Instant.parse("2027-12-31T23:59:58Z"), irq8, nmiMask);

    private int read(int register) {
        cmos.writeByte(0x70, register);
        return cmos.readByte(0x71);
    }

    private void write(int register, int value) {
        cmos.writeByte(0x70, register);
        cmos.writeByte(0x71, value);
    }

    private String date() {
        return "%02x%02x-%02x-%02x (%x) %02x:%02x:%02x"
                .formatted(read(0x32), read(9), read(8), read(7), read(6), read(4), read(2), read(0));
    }

    @Test
    void theClockAdvancesWithVirtualTime() {
        assertThat(date()).isEqualTo("2027-12-31 (6) 23:59:58");
        clock.advance(2 * SECOND);
        assertThat(date()).isEqualTo("2028-01-01 (7) 00:00:00");
        clock.advance(59 * 86400 * SECOND);
        assertThat(date()).isEqualTo("2028-02-29 (3) 00:00:00");
    }

    @Test
    void binaryTwelveHourFormatIsUnderstood() {
        write(11, 0x84); // SET, binary, 12 hours
        write(4, 0x8b); // 11 p.m.
        write(2, 59);
        write(0, 59);
        write(9, 27);
        write(8, 12);
        write(7, 31);
        write(0x32, 20);
        write(11, 4);
        clock.advance(SECOND);
        assertThat(read(4)).as("12 a.m.").isEqualTo(12);
        assertThat(read(9)).isEqualTo(28);
    }

    @Test
    void whileSetTheDateStands() {
        write(11, 0x82);
        clock.advance(10 * SECOND);
        assertThat(date()).isEqualTo("2027-12-31 (6) 23:59:58");
        assertThat(read(10) & 0x80).isZero();
        write(11, 2);
        clock.advance(SECOND);
        assertThat(read(0)).isEqualTo(0x59);
    }

    @Test
    void updateInProgressWarnsBeforeTheSecond() {
        clock.advance(SECOND - 2_500_000);
        assertThat(read(10)).isEqualTo(0x26);
        clock.advance(1_000_000);
        assertThat(read(10)).isEqualTo(0xa6);
        clock.advance(1_500_000);
        assertThat(read(10)).isEqualTo(0x26);
    }

    @Test
    void theUpdateInterruptComesEachSecondAndReadingRegisterCTakesItBack() {
        write(11, 0x12);
        clock.advance(SECOND);
        assertThat(irq8.level).isTrue();
        assertThat(read(12)).as("with the periodic flag, which needs no enable").isEqualTo(0xd0);
        assertThat(irq8.level).isFalse();
        assertThat(read(12)).isZero();
        clock.advance(SECOND);
        assertThat(irq8.rises).isEqualTo(2);
    }

    @Test
    void thePeriodicInterruptHasTheProgrammedRate() {
        write(11, 0x42); // rate 6: 1024 Hz
        int ticks = 0;
        for (int i = 0; i < 100_000; i++) {
            clock.advance(10_000);
            if (irq8.level) {
                assertThat(read(12)).isIn(0xc0, 0xd0); // with the update flag once a second
                ticks++;
            }
        }
        assertThat(ticks).isEqualTo(1024);
    }

    @Test
    void theAlarmMatchesWithDontCares() {
        write(1, 0x03);
        write(3, 0xff);
        write(5, 0x00);
        write(11, 0x22);
        clock.advance(4 * SECOND);
        assertThat(irq8.level).isFalse();
        clock.advance(SECOND);
        assertThat(irq8.level).isTrue();
        assertThat(read(12) & 0x20).isEqualTo(0x20);
        clock.advance(60 * SECOND);
        assertThat(irq8.rises).isEqualTo(2);
    }

    @Test
    void theIndexPortMasksNmi() {
        cmos.writeByte(0x70, 0x8f);
        assertThat(nmiMask.level).isTrue();
        cmos.writeByte(0x70, 0x0f);
        assertThat(nmiMask.level).isFalse();
    }

    @Test
    void memorySizesAreWhereFirmwareLooks() {
        cmos.setMemorySize(256L << 20);
        assertThat(read(0x15) | read(0x16) << 8).isEqualTo(640);
        assertThat(read(0x30) | read(0x31) << 8).isEqualTo(0xffff);
        assertThat(read(0x34) | read(0x35) << 8).isEqualTo(240 * 16);
    }

    @Test
    void resetKeepsDateAndMemory() {
        write(0x40, 0x5a);
        write(11, 0x72);
        cmos.reset();
        assertThat(read(0x40)).isEqualTo(0x5a);
        assertThat(read(11)).isEqualTo(2);
        assertThat(read(0)).isEqualTo(0x58);
    }

    @Test
    void stateIsRestored() {
        clock.advance(SECOND / 2);
        byte[] state = TestClock.state(cmos);
        Cmos other = new Cmos(clock.time, Instant.EPOCH, irq8, nmiMask);
        TestClock.restore(other, state);
        assertThat(TestClock.state(other)).isEqualTo(state);
        clock.advance(SECOND / 2);
        other.writeByte(0x70, 0);
        assertThat(other.readByte(0x71)).isEqualTo(0x59);
    }
}
