package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SystemControlTest {
    private final TestClock clock = new TestClock();
    private final Pit pit = new Pit(clock.time, InterruptLine.UNCONNECTED);
    private final Wire line20 = new Wire();
    private final A20Gate a20 = new A20Gate(line20);
    private int resets;
    private final SystemControl control = new SystemControl(clock.time, pit, a20, () -> resets++);

    @Test
    void theTimersSecondChannelIsTimedThroughPort61() {
        control.writeByte(0x61, 1);
        pit.writeByte(0x43, 0xb0);
        pit.writeByte(0x42, 0x9c);
        pit.writeByte(0x42, 0x2e); // 11932 cycles: 10 ms
        clock.advance(9_990_000);
        assertThat(control.readByte(0x61) & 0x21).isEqualTo(1);
        clock.advance(20_000);
        assertThat(control.readByte(0x61) & 0x21).isEqualTo(0x21);
    }

    @Test
    void theRefreshBitTogglesEvery15Microseconds() {
        int changes = 0;
        int before = control.readByte(0x61) & 0x10;
        for (int i = 0; i < 1000; i++) {
            clock.advance(1000);
            int now = control.readByte(0x61) & 0x10;
            changes += now != before ? 1 : 0;
            before = now;
        }
        assertThat(changes).isEqualTo(66);
    }

    @Test
    void port92MovesTheA20Gate() {
        control.writeByte(0x92, 0);
        assertThat(a20.isOpen()).isFalse();
        assertThat(control.readByte(0x92)).isZero();
        control.writeByte(0x92, 2);
        assertThat(line20.level).isTrue();
        assertThat(control.readByte(0x92)).isEqualTo(2);
    }

    @Test
    void theFastResetActsOnItsRisingEdge() {
        control.writeByte(0x92, 3);
        control.writeByte(0x92, 3);
        assertThat(resets).isEqualTo(1);
    }
}
