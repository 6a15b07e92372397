package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class I8042Test {
    private final TestClock clock = new TestClock();
    private final Wire irq1 = new Wire();
    private final Wire irq12 = new Wire();
    private final A20Gate a20 = new A20Gate(InterruptLine.UNCONNECTED);
    private int resets;
    private final Ps2Keyboard keyboard = new Ps2Keyboard(clock.time);
    private final Ps2Mouse mouse = new Ps2Mouse();
    private final I8042 controller = new I8042(keyboard, mouse, irq1, irq12, a20, () -> resets++);

    private void command(int value) {
        controller.writeByte(0x64, value);
    }

    private void data(int value) {
        controller.writeByte(0x60, value);
    }

    /** All that waits in the output buffer, one byte after the other, in hexadecimal. */
    private String drain() {
        List<String> bytes = new ArrayList<>();
        while ((controller.readByte(0x64) & 1) != 0) {
            bytes.add("%02x".formatted(controller.readByte(0x60)));
        }
        return String.join(" ", bytes);
    }

    private void configure(int value) {
        command(0x60);
        data(value);
    }

    @Test
    void firmwareLeavesKeyboardOnTranslatedAndMouseOff() {
        command(0x20);
        assertThat(drain()).isEqualTo("65");
        assertThat(controller.readByte(0x64) & 0x14)
                .as("self-test passed, not locked")
                .isEqualTo(0x14);
    }

    @Test
    void selfTestsPass() {
        command(0xaa);
        command(0xab);
        command(0xa9);
        assertThat(drain()).isEqualTo("55 00 00");
    }

    @Test
    void theStatusTellsCommandFromData() {
        command(0x60);
        assertThat(controller.readByte(0x64) & 8).isEqualTo(8);
        data(0x65);
        assertThat(controller.readByte(0x64) & 8).isZero();
    }

    @Test
    void everyByteRaisesAnEdgeOfItsOwn() {
        data(0xf2);
        assertThat(irq1.rises).isEqualTo(1);
        assertThat(drain()).as("identify, translated").isEqualTo("fa ab 41");
        assertThat(irq1.rises).isEqualTo(3);
        assertThat(irq1.level).isFalse();
    }

    @Test
    void keysComeTranslatedToSetOne() {
        keyboard.press("aB\n");
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            clock.advance(1_000_000);
            seen.append(drain());
        }
        assertThat(seen).hasToString("1e9e2a30b0aa1c9c");
    }

    @Test
    void keysComeInSetTwoWithoutTranslation() {
        configure(0x25);
        keyboard.press("z");
        clock.advance(10_000_000);
        assertThat(drain()).isEqualTo("1a");
        clock.advance(10_000_000);
        assertThat(drain()).isEqualTo("f0 1a");
    }

    @Test
    void theKeyboardCanBeSwitchedToSetOne() {
        configure(0x25);
        data(0xf0);
        assertThat(drain()).isEqualTo("fa");
        data(1);
        assertThat(drain()).isEqualTo("fa");
        data(0xf0);
        assertThat(drain()).isEqualTo("fa");
        data(0);
        assertThat(drain()).isEqualTo("fa 01");
        keyboard.press("z");
        clock.advance(10_000_000);
        assertThat(drain()).isEqualTo("2c");
        clock.advance(10_000_000);
        assertThat(drain()).isEqualTo("ac");
    }

    @Test
    void typingWaitsForTheGuest() {
        data(0xf5);
        drain();
        keyboard.press("a");
        clock.advance(1_000_000_000);
        assertThat(drain()).isEmpty();
        data(0xf4);
        assertThat(drain()).isEqualTo("fa");
        clock.advance(10_000_000);
        assertThat(drain()).isEqualTo("1e");
    }

    @Test
    void everyPrintableCharacterCanBeTyped() {
        for (char c = ' '; c < 0x7f; c++) {
            assertThat(ScanCodes.translate(ScanCodes.set2(Math.abs(ScanCodes.keyFor(c)))))
                    .as("key of " + c)
                    .isEqualTo(Math.abs(ScanCodes.keyFor(c)));
        }
        assertThatThrownBy(() -> keyboard.press("ab\u00e9")).hasMessageContaining("U+00E9");
        clock.advance(1_000_000_000);
        assertThat(drain()).as("nothing of a refused text is typed").isEmpty();
    }

    @Test
    void ledsAndEchoAnswer() {
        data(0xed);
        data(5);
        data(0xee);
        assertThat(drain()).isEqualTo("fa fa ee");
        assertThat(keyboard.leds()).isEqualTo(5);
    }

    @Test
    void aKeyboardResetEndsWithItsSelfTest() {
        data(0xff);
        assertThat(drain()).isEqualTo("fa aa");
    }

    @Test
    void theMouseAnswersOnItsOwnInterrupt() {
        command(0xa8);
        configure(0x47);
        command(0xd4);
        data(0xff);
        assertThat(irq12.level).isTrue();
        assertThat(irq1.level).isFalse();
        assertThat(controller.readByte(0x64) & 0x21).isEqualTo(0x21);
        assertThat(drain()).isEqualTo("fa aa 00");
        command(0xd4);
        data(0xf2);
        assertThat(drain()).isEqualTo("fa 00");
        assertThat(irq12.rises).isEqualTo(5);
    }

    @Test
    void loopedBytesAreAsIfTheDevicesHadSentThem() {
        command(0xd3);
        data(0x5a);
        assertThat(controller.readByte(0x64) & 0x21).isEqualTo(0x21);
        assertThat(drain()).isEqualTo("5a");
        command(0xd2);
        data(0x1c);
        assertThat(controller.readByte(0x64) & 0x21).isEqualTo(1);
        assertThat(drain()).as("not translated").isEqualTo("1c");
    }

    @Test
    void theOutputPortMovesA20AndReset() {
        command(0xd1);
        data(0xdd);
        assertThat(a20.isOpen()).isFalse();
        command(0xd0);
        assertThat(drain()).isEqualTo("c1");
        command(0xdf);
        assertThat(a20.isOpen()).isTrue();
        assertThat(resets).isZero();
        command(0xfe);
        assertThat(resets).isEqualTo(1);
        command(0xd1);
        data(2);
        assertThat(resets).isEqualTo(2);
        command(0xff);
        assertThat(resets).as("pulses nothing").isEqualTo(2);
    }

    @Test
    void aDisabledKeyboardKeepsItsBytes() {
        command(0xad);
        keyboard.press("x");
        clock.advance(100_000_000);
        assertThat(drain()).isEmpty();
        command(0xae);
        assertThat(drain()).isEqualTo("2d");
    }

    @Test
    void stateIsRestored() {
        keyboard.press("ok");
        clock.advance(15_000_000);
        command(0x60);
        Ps2Keyboard otherKeyboard = new Ps2Keyboard(clock.time);
        I8042 other = new I8042(otherKeyboard, new Ps2Mouse(), irq1, irq12, a20, () -> {});
        TestClock.restore(otherKeyboard, TestClock.state(keyboard));
        TestClock.restore(other, TestClock.state(controller));
        assertThat(TestClock.state(other)).isEqualTo(TestClock.state(controller));
        assertThat(other.readByte(0x60)).isEqualTo(0x18);
        other.writeByte(0x60, 0x25);
        other.writeByte(0x64, 0x20);
        assertThat(other.readByte(0x60))
                .as("the command still waited for its byte")
                .isEqualTo(0x25);
    }
}
