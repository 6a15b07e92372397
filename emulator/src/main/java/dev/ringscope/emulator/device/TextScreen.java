package dev.ringscope.emulator.device;

import dev.ringscope.emulator.memory.PhysicalMemory;

/**
 * What a VGA shows in a text mode: where its CRTC and graphics controller say the characters lie, in code page 437.
 *
 * @param crtc registers 0 to 0x18 of the CRTC
 * @param graphics registers 0 to 8 of the graphics controller
 */
record TextScreen(byte[] crtc, byte[] graphics, PhysicalMemory memory) {
    private static final String GLYPHS = " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"
            + " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~⌂"
            + "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
            + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ";

    int columns() {
        return (crtc[1] & 0xff) + 1;
    }

    /** Displayed scan lines divided by those of a character. */
    int rows() {
        int overflow = crtc[7];
        int lastLine = crtc[0x12] & 0xff | (overflow & 2) << 7 | (overflow & 0x40) << 3;
        return (lastLine + 1) / ((crtc[9] & 0x1f) + 1);
    }

    private boolean isGraphics() {
        return (graphics[6] & 1) != 0;
    }

    private long base() {
        return switch (graphics[6] >> 2 & 3) {
            case 2 -> 0xb0000;
            case 3 -> 0xb8000;
            default -> 0xa0000;
        };
    }

    private int windowSize() {
        return switch (graphics[6] >> 2 & 3) {
            case 0 -> 0x20000;
            case 1 -> 0x10000;
            default -> 0x8000;
        };
    }

    @Override
    public String toString() {
        if (isGraphics()) {
            return "(the screen is in a graphics mode)\n";
        }
        StringBuilder text = new StringBuilder();
        int start = (crtc[0x0c] & 0xff) << 8 | crtc[0x0d] & 0xff;
        int pitch = (crtc[0x13] & 0xff) * 2;
        for (int row = 0; row < rows(); row++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns(); column++) {
                int offset = (start + row * pitch + column) * 2 % windowSize();
                line.append(GLYPHS.charAt((int) memory.read(base() + offset, 1)));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
