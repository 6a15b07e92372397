package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FwCfgTest {
    private final FwCfg cfg = new FwCfg(256L << 20);

    private String read(int count) {
        StringBuilder bytes = new StringBuilder();
        for (int i = 0; i < count; i++) {
            bytes.append("%02x".formatted(cfg.readPort(0x511, 1)));
        }
        return bytes.toString();
    }

    private void select(int key) {
        cfg.writePort(0x510, 2, key);
    }

    @Test
    void theSignatureIsRecognised() {
        select(0);
        assertThat(read(4)).isEqualTo("51454d55");
        assertThat(read(2)).as("behind the end").isEqualTo("0000");
        select(1);
        assertThat(read(4)).as("no DMA").isEqualTo("01000000");
    }

    @Test
    void memoryAndProcessorsAreLittleEndian() {
        select(3);
        assertThat(read(8)).isEqualTo("0000001000000000");
        select(5);
        assertThat(read(2)).isEqualTo("0100");
    }

    @Test
    void filesAreFoundThroughTheDirectory() {
        cfg.addFile("vgaroms/test.bin", "ROM".getBytes(StandardCharsets.US_ASCII));
        select(0x19);
        assertThat(read(4)).as("big-endian count").isEqualTo("00000002");
        assertThat(read(8)).as("size 20, selector 0x20").isEqualTo("0000001400200000");
        assertThat(read(9)).isEqualTo("6574632f6538323000"); // etc/e820
        read(47);
        assertThat(read(8)).isEqualTo("0000000300210000");
        select(0x21);
        assertThat(read(4)).isEqualTo("524f4d00");
        select(0x20);
        assertThat(read(20)).isEqualTo("0000000000000000000000100000000001000000");
    }

    @Test
    void aFilesContentCanBeLookedUpLate() {
        byte[] content = new byte[4];
        cfg.addFile("late", content.length, i -> content[i]);
        content[1] = (byte) 0xfe;
        select(0x21);
        assertThat(read(5)).isEqualTo("00fe000000");
    }

    @Test
    void missingItemsReadAsZeros() {
        select(0x8003);
        assertThat(read(4)).isEqualTo("00000000");
    }

    @Test
    void wideReadsOfTheDataPortTakeSeveralBytes() {
        select(0);
        assertThat(cfg.readPort(0x511, 4)).isEqualTo(0x554d4551);
    }

    @Test
    void aNameIsUsedOnceAndNotTooLong() {
        assertThatThrownBy(() -> cfg.addFile("etc/e820", new byte[0])).hasMessageContaining("etc/e820");
        assertThatThrownBy(() -> cfg.addFile("x".repeat(56), new byte[0])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void stateIsRestored() {
        select(0);
        read(2);
        FwCfg other = new FwCfg(256L << 20);
        TestClock.restore(other, TestClock.state(cfg));
        assertThat(other.readPort(0x511, 1)).isEqualTo('M');
    }
}
