package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdeControllerTest {
    private static final int DATA = 0x1f0, ERROR = 0x1f1, COUNT = 0x1f2, LOW = 0x1f3, MID = 0x1f4, HIGH = 0x1f5;
    private static final int DEVICE = 0x1f6, STATUS = 0x1f7, COMMAND = 0x1f7, CONTROL = 0x3f6;
    private static final int READY = 0x50, DATA_REQUEST = 0x58, FAILED = 0x51;

    /** 3000 sectors, each filled with its number. */
    private static final class Numbered implements Disk {
        @Override
        public long sectors() {
            return 3000;
        }

        @Override
        public byte[] read(long sector) {
            byte[] content = new byte[SECTOR];
            for (int i = 0; i < SECTOR; i += 2) {
                content[i] = (byte) sector;
                content[i + 1] = (byte) (sector >> 8);
            }
            return content;
        }

        @Override
        public void write(long sector, byte[] content) {
            throw new AssertionError("the image is read only");
        }
    }

    private final Wire irq = new Wire();
    private final OverlayDisk disk = new OverlayDisk("disk0", new Numbered(), Optional.empty());
    private final IdeController ide = new IdeController(irq, Optional.of(disk), Optional.empty());

    private void command(int count, long lba, int value) {
        write(COUNT, count);
        write(LOW, (int) lba);
        write(MID, (int) (lba >> 8));
        write(HIGH, (int) (lba >> 16));
        write(DEVICE, 0xe0 | (int) (lba >> 24) & 15);
        write(COMMAND, value);
    }

    private void command48(int count, long lba, int value) {
        write(COUNT, count >> 8);
        write(LOW, (int) (lba >> 24));
        write(MID, (int) (lba >> 32));
        write(HIGH, (int) (lba >> 40));
        command(count, lba & 0xffffff, value);
    }

    private void write(int port, int value) {
        ide.writePort(port, 1, value & 0xff);
    }

    private int read(int port) {
        return ide.readPort(port, 1) & 0xff;
    }

    /** Reads a sector's words, which must all be the same, and gives that word. */
    private int readSector() {
        int word = ide.readPort(DATA, 2);
        for (int i = 1; i < 256; i++) {
            assertThat(ide.readPort(DATA, 2)).isEqualTo(word);
        }
        return word;
    }

    private void writeSector(int word) {
        for (int i = 0; i < 128; i++) {
            ide.writePort(DATA, 4, word << 16 | word);
        }
    }

    private int[] identify() {
        write(DEVICE, 0xa0);
        write(COMMAND, 0xec);
        int[] words = new int[256];
        for (int i = 0; i < words.length; i++) {
            words[i] = ide.readPort(DATA, 2);
        }
        return words;
    }

    @Test
    void identifyTellsSizeAndGeometry() {
        int[] id = identify();
        assertThat(id[60] | id[61] << 16).isEqualTo(3000);
        assertThat(id[100]).isEqualTo(3000);
        assertThat(new int[] {id[1], id[3], id[6]}).containsExactly(2, 16, 63);
        assertThat(id[49] & 0x300).as("LBA, no DMA").isEqualTo(0x200);
        assertThat(id[83] & 0xc400).as("LBA48").isEqualTo(0x4400);
        assertThat(id[27]).as("the model's first two letters").isEqualTo('R' << 8 | 'i');
        assertThat(read(STATUS)).isEqualTo(READY);
    }

    @Test
    void readsSectorsWithAnInterruptEach() {
        command(2, 0x123, 0x20);
        assertThat(irq.level).isTrue();
        assertThat(read(CONTROL)).as("alternate status leaves the interrupt").isEqualTo(DATA_REQUEST);
        assertThat(irq.level).isTrue();
        assertThat(read(STATUS)).isEqualTo(DATA_REQUEST);
        assertThat(irq.level).isFalse();
        assertThat(readSector()).isEqualTo(0x123);
        assertThat(irq.level).isTrue();
        assertThat(read(STATUS)).isEqualTo(DATA_REQUEST);
        assertThat(readSector()).isEqualTo(0x124);
        assertThat(irq.level).as("none after the last").isFalse();
        assertThat(read(STATUS)).isEqualTo(READY);
    }

    @Test
    void countZeroIs256Sectors() {
        command(0, 0, 0x20);
        for (int i = 0; i < 256; i++) {
            assertThat(readSector()).isEqualTo(i);
        }
        assertThat(read(STATUS)).isEqualTo(READY);
    }

    @Test
    void cylinderHeadSectorFollowsTheGeometrySet() {
        write(COUNT, 1);
        write(LOW, 3);
        write(MID, 1);
        write(HIGH, 0);
        write(DEVICE, 0xa2);
        write(COMMAND, 0x20);
        assertThat(readSector()).isEqualTo((16 + 2) * 63 + 2);
        write(COUNT, 17);
        write(DEVICE, 0xa3);
        write(COMMAND, 0x91); // 17 sectors, 4 heads
        write(COUNT, 1);
        write(DEVICE, 0xa2);
        write(COMMAND, 0x20);
        assertThat(readSector()).isEqualTo((4 + 2) * 17 + 2);
    }

    @Test
    void writesStayInMemoryAndAreReadBack() {
        command(2, 10, 0x30);
        assertThat(irq.level)
                .as("the first block is taken without an interrupt")
                .isFalse();
        assertThat(read(STATUS)).isEqualTo(DATA_REQUEST);
        writeSector(0xbeef);
        assertThat(irq.level).isTrue();
        writeSector(0xcafe);
        assertThat(read(STATUS)).isEqualTo(READY);
        command(4, 9, 0x20);
        assertThat(new int[] {readSector(), readSector(), readSector(), readSector()})
                .containsExactly(9, 0xbeef, 0xcafe, 12);
    }

    @Test
    void multipleModeTransfersBlocks() {
        command(4, 0, 0xc4);
        assertThat(read(STATUS)).as("not set yet").isEqualTo(FAILED);
        write(COUNT, 4);
        write(COMMAND, 0xc6);
        assertThat(read(STATUS)).isEqualTo(READY);
        irq.rises = 0;
        command(6, 100, 0xc4);
        for (int i = 0; i < 6; i++) {
            assertThat(readSector()).isEqualTo(100 + i);
            read(STATUS);
        }
        assertThat(irq.rises).as("blocks of four and two").isEqualTo(2);
        command(6, 200, 0xc5);
        for (int i = 0; i < 6; i++) {
            writeSector(i);
        }
        command(6, 200, 0x20);
        for (int i = 0; i < 6; i++) {
            assertThat(readSector()).isEqualTo(i);
        }
        write(COUNT, 3);
        write(COMMAND, 0xc6);
        assertThat(read(ERROR)).as("not a power of two").isEqualTo(4);
    }

    @Test
    void the48BitCommandsUseTheRegistersTwice() {
        command48(0x101, 0x400, 0x24);
        for (int i = 0; i < 0x101; i++) {
            assertThat(readSector()).isEqualTo(0x400 + i);
        }
        assertThat(read(STATUS)).isEqualTo(READY);
        command48(1, 1L << 24, 0x24);
        assertThat(read(STATUS)).isEqualTo(FAILED);
        write(LOW, 0x12);
        write(LOW, 0x34);
        write(CONTROL, 0x80);
        assertThat(read(LOW)).isEqualTo(0x12);
        write(CONTROL, 0);
        assertThat(read(LOW)).isEqualTo(0x34);
    }

    @Test
    void sectorsBehindTheEndAreNotFound() {
        command(2, 2999, 0x20);
        assertThat(read(STATUS)).isEqualTo(FAILED);
        assertThat(read(ERROR)).isEqualTo(0x10);
        assertThat(irq.rises).isEqualTo(1);
        command(1, 2999, 0x20);
        assertThat(readSector()).isEqualTo(2999);
        assertThat(read(ERROR)).isZero();
    }

    @Test
    void unknownCommandsPacketAndDmaAreAborted() {
        for (int value : new int[] {0x08, 0xa0, 0xa1, 0xc8, 0xca, 0xff}) {
            command(1, 0, value);
            assertThat(read(STATUS)).isEqualTo(FAILED);
            assertThat(read(ERROR)).isEqualTo(4);
        }
    }

    @Test
    void featuresAllowPioModesOnly() {
        write(ERROR, 3);
        command(0x0c, 0, 0xef); // PIO mode 4
        assertThat(read(STATUS)).isEqualTo(READY);
        command(0x45, 0, 0xef); // Ultra DMA 5
        assertThat(read(STATUS)).isEqualTo(FAILED);
    }

    @Test
    void aSoftResetLeavesTheSignature() {
        command(1, 0, 0x20);
        write(CONTROL, 4);
        write(CONTROL, 0);
        assertThat(new int[] {read(ERROR), read(COUNT), read(LOW), read(MID), read(HIGH)})
                .containsExactly(1, 1, 1, 0, 0);
        assertThat(read(STATUS)).isEqualTo(READY);
        assertThat(irq.level).isFalse();
    }

    @Test
    void interruptsCanBeHeldBack() {
        write(CONTROL, 2);
        command(1, 0, 0x20);
        assertThat(irq.level).isFalse();
        write(CONTROL, 0);
        assertThat(irq.level).isTrue();
    }

    @Test
    void aMissingDriveAnswersWithZeros() {
        write(DEVICE, 0xf0);
        write(COMMAND, 0xec);
        assertThat(read(STATUS)).isZero();
        assertThat(read(COUNT)).isZero();
        IdeController empty = new IdeController(irq, Optional.empty(), Optional.empty());
        assertThat(empty.readPort(STATUS, 1) & 0xff).isEqualTo(0xff);
    }

    @Test
    void stateIsRestoredInTheMiddleOfATransfer() {
        command(1, 50, 0x30);
        writeSector(0x7777);
        command(2, 50, 0x20);
        ide.readPort(DATA, 2);
        OverlayDisk otherDisk = new OverlayDisk("disk0", new Numbered(), Optional.empty());
        IdeController other = new IdeController(irq, Optional.of(otherDisk), Optional.empty());
        TestClock.restore(otherDisk, TestClock.state(disk));
        TestClock.restore(other, TestClock.state(ide));
        assertThat(TestClock.state(other)).isEqualTo(TestClock.state(ide));
        for (int i = 1; i < 256; i++) {
            assertThat(other.readPort(DATA, 2)).isEqualTo(0x7777);
        }
        assertThat(other.readPort(DATA, 2)).isEqualTo(51);
        assertThat(otherDisk.read(50)[0]).isEqualTo((byte) 0x77);
    }

    @Test
    void anImageFileIsPaddedToWholeSectors(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("disk.img"), new byte[] {1, 2, 3});
        try (FileDisk image = new FileDisk(file, false)) {
            assertThat(image.sectors()).isEqualTo(1);
            assertThat(image.read(0)).hasSize(512).startsWith(1, 2, 3, 0);
        }
    }

    @Test
    void aWritableImageKeepsWhatIsWritten(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("disk.img"), new byte[2048]);
        byte[] content = new byte[512];
        content[511] = 9;
        try (FileDisk image = new FileDisk(file, true)) {
            new OverlayDisk("disk0", image, Optional.of(image)).write(2, content);
        }
        assertThat(Files.readAllBytes(file)[3 * 512 - 1]).isEqualTo((byte) 9);
    }
}
