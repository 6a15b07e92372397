package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PicTest {
    private final Pic pic = new Pic();
    private final Wire intr = new Wire();

    @BeforeEach
    void initializeAsPcFirmwareDoes() {
        pic.connect(intr);
        initialize(1, 1);
    }

    private void initialize(int masterIcw4, int slaveIcw4) {
        write(0x20, 0x11, 0xa0, 0x11, 0x21, 0x20, 0xa1, 0x28, 0x21, 4, 0xa1, 2, 0x21, masterIcw4, 0xa1, slaveIcw4);
    }

    private void write(int... portsAndValues) {
        for (int i = 0; i < portsAndValues.length; i += 2) {
            pic.writeByte(portsAndValues[i], portsAndValues[i + 1]);
        }
    }

    private int inService(int port) {
        pic.writeByte(port, 0x0b);
        int isr = pic.readByte(port);
        pic.writeByte(port, 0x0a);
        return isr;
    }

    @Test
    void aRisingEdgeRequestsOnce() {
        pic.line(1).set(true);
        assertThat(intr.level).isTrue();
        assertThat(pic.acknowledge()).isEqualTo(0x21);
        assertThat(inService(0x20)).isEqualTo(2);
        write(0x20, 0x20);
        assertThat(pic.pending())
                .as("the line is still high but had no new edge")
                .isFalse();
        pic.line(1).set(false);
        pic.line(1).set(true);
        assertThat(pic.pending()).isTrue();
    }

    @Test
    void theSlaveComesThroughInputTwo() {
        pic.line(12).set(true);
        assertThat(pic.acknowledge()).isEqualTo(0x2c);
        assertThat(inService(0x20)).isEqualTo(4);
        assertThat(inService(0xa0)).isEqualTo(0x10);
        pic.line(8).set(true);
        assertThat(pic.pending())
                .as("a higher slave input waits for the master's end of interrupt")
                .isFalse();
        write(0x20, 0x62);
        assertThat(pic.acknowledge()).isEqualTo(0x28);
    }

    @Test
    void specialFullyNestedModeLetsAHigherSlaveInputThrough() {
        initialize(0x11, 1);
        pic.line(12).set(true);
        pic.acknowledge();
        pic.line(8).set(true);
        assertThat(pic.acknowledge()).isEqualTo(0x28);
    }

    @Test
    void lowerPriorityWaitsAndHigherDoesNot() {
        pic.line(4).set(true);
        pic.acknowledge();
        pic.line(6).set(true);
        assertThat(pic.pending()).isFalse();
        pic.line(3).set(true);
        assertThat(pic.acknowledge()).isEqualTo(0x23);
        write(0x20, 0x20, 0x20, 0x20);
        assertThat(pic.acknowledge()).isEqualTo(0x26);
    }

    @Test
    void maskedRequestsWait() {
        write(0x21, 0x10);
        pic.line(4).set(true);
        assertThat(pic.pending()).isFalse();
        assertThat(pic.readByte(0x20)).as("IRR").isEqualTo(0x10);
        write(0x21, 0);
        assertThat(pic.readByte(0x21)).isZero();
        assertThat(intr.level).isTrue();
    }

    @Test
    void aRequestThatFellBeforeItsAcknowledgeIsSpurious() {
        pic.line(3).set(true);
        pic.line(3).set(false);
        assertThat(intr.level).isFalse();
        assertThat(pic.acknowledge()).isEqualTo(0x27);
        assertThat(inService(0x20)).as("no end of interrupt is due").isZero();
    }

    @Test
    void levelTriggeredInputsRequestAsLongAsTheyAreHigh() {
        write(0x4d0, 0xff, 0x4d1, 0xff);
        assertThat(pic.readByte(0x4d0))
                .as("timer, keyboard and cascade stay edge-triggered")
                .isEqualTo(0xf8);
        assertThat(pic.readByte(0x4d1)).as("RTC and FPU too").isEqualTo(0xde);
        pic.line(11).set(true);
        assertThat(pic.acknowledge()).isEqualTo(0x2b);
        write(0xa0, 0x63, 0x20, 0x62);
        assertThat(pic.acknowledge()).isEqualTo(0x2b);
        pic.line(11).set(false);
        write(0xa0, 0x63, 0x20, 0x62);
        assertThat(pic.pending()).isFalse();
    }

    @Test
    void automaticEndOfInterruptLeavesNothingInService() {
        initialize(3, 3);
        pic.line(5).set(true);
        assertThat(pic.acknowledge()).isEqualTo(0x25);
        assertThat(inService(0x20)).isZero();
    }

    @Test
    void rotationMakesTheServedInputTheLowest() {
        pic.line(0).set(true);
        pic.acknowledge();
        write(0x20, 0xa0); // rotate on non-specific EOI: 0 is lowest now
        pic.line(0).set(false);
        pic.line(0).set(true);
        pic.line(7).set(true);
        assertThat(pic.acknowledge()).isEqualTo(0x27);
        write(0x20, 0x20);
        assertThat(pic.acknowledge()).isEqualTo(0x20);
    }

    @Test
    void setPriorityNamesTheLowestInput() {
        write(0x20, 0xc3);
        pic.line(3).set(true);
        pic.line(5).set(true);
        assertThat(pic.acknowledge()).isEqualTo(0x25);
    }

    @Test
    void specialMaskModeOpensWhatAMaskedInputInServiceBlocks() {
        pic.line(1).set(true);
        pic.acknowledge();
        pic.line(6).set(true);
        assertThat(pic.pending()).isFalse();
        write(0x21, 2, 0x20, 0x68);
        assertThat(pic.acknowledge()).isEqualTo(0x26);
        write(0x20, 0x20, 0x20, 0x20);
        assertThat(inService(0x20))
                .as("a non-specific EOI does not reach the masked bit")
                .isEqualTo(2);
    }

    @Test
    void pollTakesThePlaceOfTheAcknowledge() {
        write(0x20, 0x0c);
        assertThat(pic.readByte(0x20)).isZero();
        pic.line(4).set(true);
        write(0x20, 0x0c);
        assertThat(pic.readByte(0x20)).isEqualTo(0x84);
        assertThat(inService(0x20)).isEqualTo(0x10);
        assertThat(intr.level).isFalse();
    }

    @Test
    void stateIsRestored() {
        pic.line(1).set(true);
        pic.acknowledge();
        pic.line(12).set(true);
        byte[] state = TestClock.state(pic);
        Pic other = new Pic();
        TestClock.restore(other, state);
        assertThat(TestClock.state(other)).isEqualTo(state);
        other.writeByte(0x20, 0x20);
        assertThat(other.acknowledge()).isEqualTo(0x2c);
    }

    @Test
    void theCascadeIsNoInterruptRequest() {
        assertThatThrownBy(() -> pic.line(2)).hasMessageContaining("IRQ 2");
    }
}
