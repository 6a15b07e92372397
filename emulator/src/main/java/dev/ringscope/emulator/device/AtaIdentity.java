package dev.ringscope.emulator.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The answer to IDENTIFY DEVICE (ATA/ATAPI-6, section 8.15, table 27): a fixed disk with LBA48 that transfers by PIO
 * only.
 */
final class AtaIdentity {
    static final int HEADS = 16;
    static final int SECTORS_PER_TRACK = 63;
    private static final int MAX_CYLINDERS = 16_383;
    private static final long MAX_LBA28 = 0x0fff_ffff;

    private final ByteBuffer words = ByteBuffer.allocate(Disk.SECTOR).order(ByteOrder.LITTLE_ENDIAN);

    private AtaIdentity() {}

    static int cylinders(long sectors) {
        return Math.clamp(sectors / (HEADS * SECTORS_PER_TRACK), 1, MAX_CYLINDERS);
    }

    /**
     * @param multiple sectors per block that SET MULTIPLE MODE chose, 0 for none
     * @param heads and {@code perTrack}: the geometry in force
     */
    static byte[] of(String serial, long sectors, int maxMultiple, int multiple, int heads, int perTrack) {
        AtaIdentity id = new AtaIdentity();
        int cylinders = cylinders(sectors);
        id.word(0, 0x40).word(1, cylinders).word(3, HEADS).word(6, SECTORS_PER_TRACK);
        id.text(10, 20, serial).text(23, 8, "1.0").text(27, 40, "Ringscope disk");
        id.word(47, 0x8000 | maxMultiple).word(48, 1).word(49, 0x0200); // 32-bit PIO; LBA
        id.word(50, 0x4000).word(53, 3);
        int current = Math.clamp(sectors / ((long) heads * perTrack), 1, 0xffff);
        id.word(54, current).word(55, heads).word(56, perTrack).dword(57, (long) current * heads * perTrack);
        id.word(59, multiple == 0 ? 0 : 0x100 | multiple);
        id.dword(60, Math.min(sectors, MAX_LBA28));
        id.word(64, 3).word(67, 120).word(68, 120); // PIO modes 3 and 4
        id.word(80, 0x7e).word(81, 0); // ATA-1 to ATA-6
        id.word(82, 0).word(83, 0x7400).word(84, 0x4000); // LBA48, FLUSH CACHE, FLUSH CACHE EXT
        id.word(85, 0).word(86, 0x3400).word(87, 0x4000);
        id.dword(100, sectors).dword(102, sectors >> 32);
        return id.words.array();
    }

    private AtaIdentity word(int index, int value) {
        words.putShort(2 * index, (short) value);
        return this;
    }

    private AtaIdentity dword(int index, long value) {
        words.putInt(2 * index, (int) value);
        return this;
    }

    /** The first character of each pair is in the word's high byte. */
    private AtaIdentity text(int index, int length, String text) {
        for (int i = 0; i < length; i++) {
            words.put(2 * index + (i ^ 1), (byte) (i < text.length() ? text.charAt(i) : ' '));
        }
        return this;
    }
}
