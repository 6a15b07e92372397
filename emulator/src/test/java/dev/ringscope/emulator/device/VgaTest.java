package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.memory.PhysicalMemory;
import org.junit.jupiter.api.Test;

class VgaTest {
    private final TestClock clock = new TestClock();
    private final PhysicalMemory memory = new PhysicalMemory(1 << 20, new byte[0]);
    private final Vga vga = new Vga(clock.time, memory);

    private void show(int cell, String text) {
        for (int i = 0; i < text.length(); i++) {
            memory.write(0xb8000 + 2L * (cell + i), 2, 0x700 | text.charAt(i));
        }
    }

    private void crtc(int register, int value) {
        vga.writePort(0x3d4, 2, value << 8 | register);
    }

    private int crtc(int register) {
        vga.writeByte(0x3d4, register);
        return vga.readByte(0x3d5);
    }

    @Test
    void theScreenIsTwentyFiveRowsOfEightyCharacters() {
        show(0, "Hello, world");
        show(24 * 80 + 79, "!");
        String[] rows = vga.text().split("\n", -1);
        assertThat(rows).hasSize(26);
        assertThat(rows[0]).isEqualTo("Hello, world");
        assertThat(rows[1]).isEmpty();
        assertThat(rows[24]).isEqualTo(" ".repeat(79) + "!");
    }

    @Test
    void theStartAddressScrolls() {
        show(0, "gone");
        show(80, "first");
        crtc(0x0d, 80);
        assertThat(vga.text()).startsWith("first\n");
        crtc(0x0c, 0x3f);
        crtc(0x0d, 0xb0); // the window's last row; the next one wraps around to its start
        show(0x3fb0, "last");
        assertThat(vga.text()).startsWith("last\ngone\nfirst\n");
    }

    @Test
    void theModeSaysHowManyRowsAndColumns() {
        crtc(0x11, 0x0e); // unprotect
        crtc(0x01, 39);
        crtc(0x09, 7);
        crtc(0x13, 20);
        show(0, "a");
        show(40, "b");
        String[] rows = vga.text().split("\n", -1);
        assertThat(rows).hasSize(51);
        assertThat(rows[1]).isEqualTo("b");
    }

    @Test
    void codePage437IsTranslated() {
        show(0, "\u00c9\u00cd\u00bb\u0001\u00e0\u00db");
        assertThat(vga.text()).startsWith("╔═╗☺α█\n");
    }

    @Test
    void graphicsModesHaveNoText() {
        vga.writePort(0x3ce, 2, 0x0506);
        assertThat(vga.text()).isEqualTo("(the screen is in a graphics mode)\n");
    }

    @Test
    void theFirstCrtcRegistersCanBeProtected() {
        crtc(0, 0x12);
        assertThat(crtc(0)).isEqualTo(0x5f);
        crtc(0x0f, 0x34);
        assertThat(crtc(0x0f)).isEqualTo(0x34);
        crtc(0x11, 0x0e);
        crtc(0, 0x12);
        assertThat(crtc(0)).isEqualTo(0x12);
    }

    @Test
    void theMiscellaneousOutputMovesTheCrtcToItsMonochromePorts() {
        assertThat(vga.readByte(0x3cc)).isEqualTo(0x67);
        assertThat(vga.readByte(0x3b5)).isEqualTo(0xff);
        vga.writeByte(0x3c2, 0x66);
        assertThat(vga.readByte(0x3d5)).isEqualTo(0xff);
        vga.writeByte(0x3b4, 1);
        assertThat(vga.readByte(0x3b5)).isEqualTo(0x4f);
    }

    @Test
    void oneAttributePortTakesIndexAndDataInTurn() {
        vga.readByte(0x3da);
        vga.writeByte(0x3c0, 0x30);
        vga.writeByte(0x3c0, 0x0d);
        vga.writeByte(0x3c0, 0x11);
        vga.readByte(0x3da);
        vga.writeByte(0x3c0, 0x30);
        assertThat(vga.readByte(0x3c1)).isEqualTo(0x0d);
    }

    @Test
    void thePaletteCountsUpByItself() {
        vga.writeByte(0x3c8, 7);
        for (int value : new int[] {1, 2, 3, 0xff}) {
            vga.writeByte(0x3c9, value);
        }
        vga.writeByte(0x3c7, 7);
        assertThat(vga.readByte(0x3c7)).isEqualTo(3);
        assertThat(new int[] {vga.readByte(0x3c9), vga.readByte(0x3c9), vga.readByte(0x3c9), vga.readByte(0x3c9)})
                .containsExactly(1, 2, 3, 0x3f);
    }

    @Test
    void verticalRetraceComesSeventyTimesASecond() {
        int retraces = 0;
        boolean before = false;
        for (int i = 0; i < 100_000; i++) {
            clock.advance(10_000);
            boolean now = (vga.readByte(0x3da) & 8) != 0;
            retraces += now && !before ? 1 : 0;
            before = now;
        }
        assertThat(retraces).isEqualTo(70);
    }

    @Test
    void stateIsRestored() {
        crtc(0x0e, 5);
        vga.writeByte(0x3c8, 9);
        byte[] state = TestClock.state(vga);
        Vga other = new Vga(clock.time, memory);
        TestClock.restore(other, state);
        assertThat(TestClock.state(other)).isEqualTo(state);
        assertThat(other.readByte(0x3c8)).isEqualTo(9);
    }
}
