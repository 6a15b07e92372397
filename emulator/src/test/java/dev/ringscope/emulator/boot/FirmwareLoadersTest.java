package dev.ringscope.emulator.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FirmwareLoadersTest {
    private final PhysicalMemory memory = new PhysicalMemory(2 << 20, new byte[0]);

    private static Image numbered(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i += 0x1000) {
            bytes[i] = (byte) (i >> 12);
        }
        return new Image("rom", bytes);
    }

    @Test
    void aFlatBinaryStartsWhereItWasPut() {
        EntryState entry = new FlatLoader(new Image("boot", new byte[] {1, 2, 3}), 0x7c00).load(memory);
        assertThat(entry.mode()).isEqualTo(EntryState.Mode.REAL);
        assertThat(entry.codeSelector()).isZero();
        assertThat(entry.pc()).isEqualTo(0x7c00);
        assertThat(memory.read(0x7c00, 4)).isEqualTo(0x030201);
        entry = new FlatLoader(new Image("boot", new byte[] {1}), 0x12345).load(memory);
        assertThat(entry.codeSelector()).isEqualTo(0x1000);
        assertThat(entry.dataSelector()).isEqualTo(0x1000);
        assertThat(entry.pc()).isEqualTo(0x2345);
    }

    @Test
    void aFlatBinaryOutsideRealModesReachIsRefused() {
        assertThatThrownBy(() -> new FlatLoader(new Image("boot", new byte[1]), 0x100000).load(memory))
                .isInstanceOf(BadImage.class)
                .hasMessage("boot: real mode can start below 0x100000, not at 0x100000");
        assertThatThrownBy(() -> new FlatLoader(new Image("boot", new byte[2 << 20]), 1).load(memory))
                .isInstanceOf(BadImage.class);
        assertThatThrownBy(() -> new FlatLoader(new Image("boot", new byte[0]), 0).load(memory))
                .isInstanceOf(BadImage.class);
    }

    @Test
    void theEndOfARomIsBelowOneMebibyteToo() {
        BiosLoader loader = new BiosLoader(numbered(0x40000));
        assertThat(loader.load(memory).mode()).isEqualTo(EntryState.Mode.RESET_VECTOR);
        assertThat(memory.read(0xe0000, 1)).isEqualTo(0x20);
        assertThat(memory.read(0xff000, 1)).isEqualTo(0x3f);
        PhysicalMemory withRom = new PhysicalMemory(2 << 20, loader.rom());
        assertThat(withRom.read(0xfffff000L, 1)).isEqualTo(0x3f);
    }

    @Test
    void aSmallRomIsShadowedAtTheEndOfTheMebibyte() {
        new BiosLoader(numbered(0x10000)).load(memory);
        assertThat(memory.read(0xe1000, 1)).isZero();
        assertThat(memory.read(0xf1000, 1)).isEqualTo(1);
    }

    @Test
    void filesThatCannotBeARomAreRefused() {
        assertThatThrownBy(() -> new BiosLoader(new Image("rom", new byte[1000])))
                .isInstanceOf(BadImage.class)
                .hasMessageContaining("expected a ROM of 0x1000 to 0x1000000 bytes");
        assertThatThrownBy(() -> new BiosLoader(new Image("rom", new byte[0]))).isInstanceOf(BadImage.class);
    }

    @Test
    void aVideoBiosLiesBelowTheImageInTheRom() {
        Image video = new Image("vgabios", new byte[0x1400]);
        video.bytes()[0] = 0x55;
        video.bytes()[1] = (byte) 0xaa;
        video.bytes()[2] = 10;
        BiosLoader loader = new BiosLoader(numbered(0x20000), Optional.of(video));
        assertThat(loader.rom()).hasSize(0x22000);
        assertThat(loader.videoBiosAddress()).isEqualTo(0xfffde000L);
        assertThat(loader.videoBiosSize()).isEqualTo(0x1400);
        PhysicalMemory withRom = new PhysicalMemory(2 << 20, loader.rom());
        assertThat(withRom.read(0xfffde000L, 2)).isEqualTo(0xaa55);
        assertThat(withRom.read(0xfffff000L, 1)).isEqualTo(0x1f);
        video.bytes()[2] = 11;
        assertThatThrownBy(() -> new BiosLoader(numbered(0x20000), Optional.of(video)))
                .hasMessage("vgabios, offset 0x0: expected 0x1600 bytes of option ROM, the file has 0x1400 bytes");
        video.bytes()[0] = 0;
        assertThatThrownBy(() -> new BiosLoader(numbered(0x20000), Optional.of(video)))
                .hasMessageContaining("expected an option ROM");
    }
}
