package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Dma8237Test {
    private final Dma8237 dma = new Dma8237();

    @Test
    void addressesAreWrittenAndReadLowByteFirst() {
        dma.writeByte(0x0c, 0);
        dma.writeByte(0x02, 0x34);
        dma.writeByte(0x02, 0x12);
        dma.writeByte(0xd8, 0);
        dma.writeByte(0xc4, 0x78);
        dma.writeByte(0xc4, 0x56);
        dma.writeByte(0x0c, 0);
        assertThat(dma.readByte(0x02)).isEqualTo(0x34);
        assertThat(dma.readByte(0x02)).isEqualTo(0x12);
        assertThat(dma.readByte(0xc4)).isEqualTo(0x78);
    }

    @Test
    void masterClearMasksAllChannels() {
        dma.writeByte(0x0e, 0);
        assertThat(dma.readByte(0x0f)).isEqualTo(0xf0);
        dma.writeByte(0x0a, 6);
        assertThat(dma.readByte(0x0f)).isEqualTo(0xf4);
        dma.writeByte(0x0d, 0);
        assertThat(dma.readByte(0x0f)).isEqualTo(0xff);
        assertThat(dma.readByte(0x08)).as("status").isZero();
    }

    @Test
    void pageLatchesKeepTheirBytes() {
        dma.writeByte(0x87, 0xab);
        dma.writeByte(0x80, 0x55);
        assertThat(dma.readByte(0x87)).isEqualTo(0xab);
        byte[] state = TestClock.state(dma);
        Dma8237 other = new Dma8237();
        TestClock.restore(other, state);
        assertThat(TestClock.state(other)).isEqualTo(state);
        assertThat(other.readByte(0x80)).isEqualTo(0x55);
    }
}
