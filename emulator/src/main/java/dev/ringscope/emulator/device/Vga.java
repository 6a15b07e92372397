package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.VirtualTime;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.Ports;

/**
 * The registers of a VGA (IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem"), enough for text: its
 * memory is the plain RAM at 0xa0000-0xbffff, so the planes and the write modes of graphics do not exist. After
 * power-on it is in mode 3 (80x25, colour), as a video BIOS leaves it. Retrace follows virtual time at 70 Hz.
 */
public final class Vga implements Device, BytePorts {
    private static final int CRTC = 25, SEQUENCER = 5, GRAPHICS = 9, ATTRIBUTE = 21;
    private static final byte[] MODE_3_CRTC = {
        0x5f,
        0x4f,
        0x50,
        (byte) 0x82,
        0x55,
        (byte) 0x81,
        (byte) 0xbf,
        0x1f,
        0,
        0x4f,
        0x0d,
        0x0e,
        0,
        0,
        0,
        0,
        (byte) 0x9c,
        (byte) 0x8e,
        (byte) 0x8f,
        0x28,
        0x1f,
        (byte) 0x96,
        (byte) 0xb9,
        (byte) 0xa3,
        (byte) 0xff
    };
    private static final byte[] MODE_3_SEQUENCER = {3, 0, 3, 0, 2};
    private static final byte[] MODE_3_GRAPHICS = {0, 0, 0, 0, 0, 0x10, 0x0e, 0, (byte) 0xff};
    private static final byte[] MODE_3_ATTRIBUTE = {
        0, 1, 2, 3, 4, 5, 0x14, 7, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x0c, 0, 0x0f, 8, 0
    };
    private static final int MODE_3_MISC = 0x67;
    private static final int COLOUR = 1;

    /** Nanoseconds of a scan line; 449 lines are a frame, 400 of them are shown, retrace is in 412 and 413. */
    private static final long LINE = 31_778;

    private static final int LINES = 449, SHOWN = 400, RETRACE = 412;

    private final VirtualTime time;
    private final PhysicalMemory memory;
    private final byte[] crtc = new byte[CRTC];
    private final byte[] sequencer = new byte[SEQUENCER];
    private final byte[] graphics = new byte[GRAPHICS];
    private final byte[] attribute = new byte[ATTRIBUTE];
    private final byte[] palette = new byte[768];
    private int crtcIndex, sequencerIndex, graphicsIndex, attributeIndex;
    private boolean attributeData;
    private int misc, feature, pelMask;
    /** Byte of {@link #palette} that the next access to the DAC's data port reaches. */
    private int paletteRead, paletteWrite;

    private boolean paletteReading;

    public Vga(VirtualTime time, PhysicalMemory memory) {
        this.time = time;
        this.memory = memory;
        reset();
    }

    public void claimPorts(Ports ports) {
        ports.claim(0x3b4, 2, this);
        ports.claim(0x3ba, 1, this);
        ports.claim(0x3c0, 16, this);
        ports.claim(0x3d4, 2, this);
        ports.claim(0x3da, 1, this);
    }

    // ---- the screen ----

    /** The screen's rows from top to bottom, each without its trailing blanks and ended by a newline. */
    public String text() {
        return new TextScreen(crtc, graphics, memory).toString();
    }

    // ---- ports ----

    /** The monochrome and the colour ports of the CRTC and status exclude each other. */
    private boolean answers(int port) {
        return switch (port) {
            case 0x3b4, 0x3b5, 0x3ba -> (misc & COLOUR) == 0;
            case 0x3d4, 0x3d5, 0x3da -> (misc & COLOUR) != 0;
            default -> true;
        };
    }

    @Override
    public int readByte(int port) {
        if (!answers(port)) {
            return 0xff;
        }
        return switch (port) {
            case 0x3b4, 0x3d4 -> crtcIndex;
            case 0x3b5, 0x3d5 -> register(crtc, crtcIndex);
            case 0x3ba, 0x3da -> status();
            case 0x3c0 -> attributeIndex;
            case 0x3c1 -> register(attribute, attributeIndex & 0x1f);
            case 0x3c2 -> 0x10; // a monitor is there
            case 0x3c4 -> sequencerIndex;
            case 0x3c5 -> register(sequencer, sequencerIndex);
            case 0x3c6 -> pelMask;
            case 0x3c7 -> paletteReading ? 3 : 0;
            case 0x3c8 -> paletteWrite / 3;
            case 0x3c9 -> readPalette();
            case 0x3ca -> feature;
            case 0x3cc -> misc;
            case 0x3ce -> graphicsIndex;
            case 0x3cf -> register(graphics, graphicsIndex);
            default -> 0xff;
        };
    }

    private static int register(byte[] registers, int index) {
        return index < registers.length ? registers[index] & 0xff : 0;
    }

    /** Bit 0: not showing pixels; bit 3: vertical retrace. Reading it makes port 0x3c0 take an index next. */
    private int status() {
        attributeData = false;
        long line = time.now() / LINE % LINES;
        long inLine = time.now() % LINE;
        boolean blank = line >= SHOWN || inLine >= LINE * 4 / 5;
        boolean retrace = line == RETRACE || line == RETRACE + 1;
        return (blank ? 1 : 0) | (retrace ? 8 : 0);
    }

    private int readPalette() {
        int value = palette[paletteRead];
        paletteRead = (paletteRead + 1) % palette.length;
        return value;
    }

    @Override
    public void writeByte(int port, int value) {
        if (!answers(port)) {
            return;
        }
        switch (port) {
            case 0x3b4, 0x3d4 -> crtcIndex = value & 0x3f;
            case 0x3b5, 0x3d5 -> writeCrtc(value);
            case 0x3ba, 0x3da -> feature = value;
            case 0x3c0 -> writeAttribute(value);
            case 0x3c2 -> misc = value;
            case 0x3c4 -> sequencerIndex = value & 7;
            case 0x3c5 -> setRegister(sequencer, sequencerIndex, value);
            case 0x3c6 -> pelMask = value;
            case 0x3c7 -> {
                paletteRead = value * 3;
                paletteReading = true;
            }
            case 0x3c8 -> {
                paletteWrite = value * 3;
                paletteReading = false;
            }
            case 0x3c9 -> {
                palette[paletteWrite] = (byte) (value & 0x3f);
                paletteWrite = (paletteWrite + 1) % palette.length;
            }
            case 0x3ce -> graphicsIndex = value & 15;
            case 0x3cf -> setRegister(graphics, graphicsIndex, value);
            default -> {} // read only
        }
    }

    private static void setRegister(byte[] registers, int index, int value) {
        if (index < registers.length) {
            registers[index] = (byte) value;
        }
    }

    /** Bit 7 of register 0x11 protects registers 0 to 7, all but the line compare bit in register 7. */
    private void writeCrtc(int value) {
        boolean isProtected = (crtc[0x11] & 0x80) != 0;
        if (!isProtected || crtcIndex > 7) {
            setRegister(crtc, crtcIndex, value);
        } else if (crtcIndex == 7) {
            crtc[7] = (byte) (crtc[7] & ~0x10 | value & 0x10);
        }
    }

    private void writeAttribute(int value) {
        if (attributeData) {
            setRegister(attribute, attributeIndex & 0x1f, value);
        } else {
            attributeIndex = value & 0x3f;
        }
        attributeData = !attributeData;
    }

    @Override
    public String name() {
        return "vga";
    }

    @Override
    public void reset() {
        System.arraycopy(MODE_3_CRTC, 0, crtc, 0, CRTC);
        System.arraycopy(MODE_3_SEQUENCER, 0, sequencer, 0, SEQUENCER);
        System.arraycopy(MODE_3_GRAPHICS, 0, graphics, 0, GRAPHICS);
        System.arraycopy(MODE_3_ATTRIBUTE, 0, attribute, 0, ATTRIBUTE);
        misc = MODE_3_MISC;
        pelMask = 0xff;
        crtcIndex = sequencerIndex = graphicsIndex = feature = paletteRead = paletteWrite = 0;
        attributeIndex = 0x20;
        attributeData = paletteReading = false;
    }

    @Override
    public void save(StateOutput out) {
        out.put(crtc).put(sequencer).put(graphics).put(attribute).put(palette);
        out.put(crtcIndex)
                .put(sequencerIndex)
                .put(graphicsIndex)
                .put(attributeIndex)
                .put(attributeData);
        out.put(misc)
                .put(feature)
                .put(pelMask)
                .put(paletteRead)
                .put(paletteWrite)
                .put(paletteReading);
    }

    @Override
    public void load(StateInput in) {
        for (byte[] registers : new byte[][] {crtc, sequencer, graphics, attribute, palette}) {
            in.next(registers);
        }
        crtcIndex = in.nextInt();
        sequencerIndex = in.nextInt();
        graphicsIndex = in.nextInt();
        attributeIndex = in.nextInt();
        attributeData = in.nextBoolean();
        misc = in.nextInt();
        feature = in.nextInt();
        pelMask = in.nextInt();
        paletteRead = in.nextInt();
        paletteWrite = in.nextInt();
        paletteReading = in.nextBoolean();
    }
}
