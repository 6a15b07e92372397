package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Uart16550Test {
    private static final int DATA = 0x3f8, IER = 0x3f9, IIR = 0x3fa, FCR = 0x3fa, LCR = 0x3fb, MCR = 0x3fc;
    private static final int LSR = 0x3fd, MSR = 0x3fe, SCRATCH = 0x3ff;
    /** One character of 10 bits at 115200 baud, and a little. */
    private static final long CHARACTER = 86_900;

    private final TestClock clock = new TestClock();
    private final Wire irq = new Wire();
    private final StringBuilder sent = new StringBuilder();
    private final Uart16550 uart = new Uart16550("com1", 0x3f8, clock.time, irq, value -> sent.append((char) value));

    private void setUp(int fcr) {
        uart.writeByte(LCR, 0x80);
        uart.writeByte(DATA, 1);
        uart.writeByte(IER, 0);
        uart.writeByte(LCR, 3);
        uart.writeByte(FCR, fcr);
        uart.writeByte(MCR, 0x0b);
    }

    @Test
    void sendsAtOnceAndIsAlwaysReadyForMore() {
        setUp(1);
        for (char c : "ok\n".toCharArray()) {
            assertThat(uart.readByte(LSR)).isEqualTo(0x60);
            uart.writeByte(DATA, c);
        }
        assertThat(sent).hasToString("ok\n");
    }

    @Test
    void theDivisorIsBehindTheLatchBit() {
        setUp(0);
        uart.writeByte(LCR, 0x83);
        assertThat(uart.readByte(DATA)).isEqualTo(1);
        uart.writeByte(IER, 2);
        assertThat(uart.readByte(IER)).isEqualTo(2);
        uart.writeByte(LCR, 3);
        assertThat(uart.readByte(IER)).isZero();
        assertThat(sent).isEmpty();
    }

    @Test
    void theTransmitterInterruptComesWhenEnabledAndAfterEachByte() {
        setUp(1);
        uart.writeByte(IER, 2);
        assertThat(irq.level).isTrue();
        assertThat(uart.readByte(IIR)).isEqualTo(0xc2);
        assertThat(irq.level).as("reading IIR takes it back").isFalse();
        assertThat(uart.readByte(IIR)).isEqualTo(0xc1);
        uart.writeByte(DATA, 'x');
        assertThat(irq.level).isTrue();
    }

    @Test
    void withoutOut2NoInterruptReachesTheBus() {
        setUp(1);
        uart.writeByte(MCR, 3);
        uart.writeByte(IER, 2);
        assertThat(irq.level).isFalse();
        assertThat(uart.readByte(IIR)).isEqualTo(0xc2);
    }

    @Test
    void receivedBytesComeAtTheLinesPace() {
        setUp(0);
        uart.writeByte(IER, 1);
        uart.receive('a');
        uart.receive('b');
        assertThat(uart.readByte(LSR) & 1).isZero();
        clock.advance(CHARACTER);
        assertThat(irq.level).isTrue();
        assertThat(uart.readByte(IIR)).isEqualTo(4);
        assertThat(uart.readByte(LSR) & 1).isEqualTo(1);
        clock.advance(10 * CHARACTER);
        assertThat(uart.readByte(DATA)).isEqualTo('a');
        assertThat(irq.level).isFalse();
        clock.advance(CHARACTER);
        assertThat(uart.readByte(DATA)).isEqualTo('b');
        assertThat(uart.readByte(LSR)).as("nothing was lost").isEqualTo(0x60);
        assertThat(uart.unread()).isZero();
    }

    @Test
    void theFifoInterruptsAtItsTriggerLevelOrAfterSilence() {
        setUp(0x81); // trigger 8
        uart.writeByte(IER, 1);
        for (int i = 0; i < 10; i++) {
            uart.receive(i);
        }
        clock.advance(7 * CHARACTER);
        assertThat(irq.level).isFalse();
        clock.advance(CHARACTER);
        assertThat(irq.level).isTrue();
        assertThat(uart.readByte(IIR)).isEqualTo(0xc4);
        clock.advance(2 * CHARACTER);
        for (int i = 0; i < 8; i++) {
            assertThat(uart.readByte(DATA)).isEqualTo(i);
        }
        assertThat(irq.level).isFalse();
        clock.advance(4 * CHARACTER);
        assertThat(uart.readByte(IIR)).as("character timeout").isEqualTo(0xcc);
        uart.readByte(DATA);
        uart.readByte(DATA);
        assertThat(uart.readByte(IIR)).isEqualTo(0xc1);
    }

    @Test
    void loopbackReturnsDataAndModemLines() {
        setUp(1);
        uart.writeByte(MCR, 0x1a); // RTS and OUT2 in loopback
        assertThat(uart.readByte(MSR) & 0xf0).isEqualTo(0x90);
        uart.writeByte(DATA, 0xae);
        assertThat(sent).isEmpty();
        assertThat(uart.readByte(DATA)).isEqualTo(0xae);
        for (int i = 0; i < 17; i++) {
            uart.writeByte(DATA, i);
        }
        assertThat(uart.readByte(LSR)).as("overrun").isEqualTo(0x63);
        assertThat(uart.readByte(LSR)).isEqualTo(0x61);
    }

    @Test
    void theModemLinesSayConnected() {
        setUp(1);
        assertThat(uart.readByte(MSR) & 0xf0).isEqualTo(0xb0);
        uart.writeByte(SCRATCH, 0xa5);
        assertThat(uart.readByte(SCRATCH)).isEqualTo(0xa5);
    }

    @Test
    void stateIsRestored() {
        setUp(0xc1);
        uart.writeByte(IER, 1);
        uart.receive('q');
        uart.receive('r');
        clock.advance(CHARACTER);
        byte[] state = TestClock.state(uart);
        Uart16550 other = new Uart16550("com1", 0x3f8, clock.time, irq, value -> {});
        TestClock.restore(other, state);
        assertThat(TestClock.state(other)).isEqualTo(state);
        assertThat(other.readByte(DATA)).isEqualTo('q');
        assertThat(other.unread()).isEqualTo(1);
    }
}
