package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import java.util.Arrays;

/**
 * A fixed disk that executes ATA commands by PIO (ATA/ATAPI-6: registers in ch. 7, commands in ch. 8, protocols in ch.
 * 9). Every command is done the moment it is given. Commands it does not know, DMA and packets among them, are aborted.
 */
final class AtaDrive {
    static final int FEATURES = 1, COUNT = 2, LBA_LOW = 3, LBA_MID = 4, LBA_HIGH = 5, DEVICE = 6;
    static final int DRQ = 8;

    private static final int ERR = 1, SEEK_COMPLETE = 0x10, READY = 0x40;
    private static final int ABORTED = 4, NOT_FOUND = 0x10;
    private static final int LBA = 0x40;
    private static final int MAX_MULTIPLE = 16;

    private final String serial;
    private final Disk disk;
    private final Runnable interrupt;

    /** The task file's registers, and what was in each before its last write (for 48-bit commands). */
    private final int[] now = new int[8];

    private final int[] before = new int[8];
    private int status, error;
    private int heads = AtaIdentity.HEADS, perTrack = AtaIdentity.SECTORS_PER_TRACK;
    private int multiple;

    private byte[] buffer = {};
    private int position;
    private boolean writing;
    private boolean extended;
    /** The sector that the block in transfer starts with, and how many there are from it on. */
    private long sector;

    private int remaining;
    private int blockSize;

    /** @param interrupt raises INTRQ */
    AtaDrive(String serial, Disk disk, Runnable interrupt) {
        this.serial = serial;
        this.disk = disk;
        this.interrupt = interrupt;
        reset();
    }

    /** After power-on, SRST and EXECUTE DEVICE DIAGNOSTIC: the signature of an ATA device (section 9.12). */
    void reset() {
        heads = AtaIdentity.HEADS;
        perTrack = AtaIdentity.SECTORS_PER_TRACK;
        multiple = 0;
        signature();
    }

    private void signature() {
        Arrays.fill(before, 0);
        now[COUNT] = now[LBA_LOW] = 1;
        now[LBA_MID] = now[LBA_HIGH] = now[DEVICE] = 0;
        error = 1; // device 0 passed
        endTransfer();
        status = READY | SEEK_COMPLETE;
    }

    // ---- registers ----

    int status() {
        return status;
    }

    int error() {
        return error;
    }

    int read(int register, boolean previous) {
        return previous ? before[register] : now[register];
    }

    void write(int register, int value) {
        before[register] = now[register];
        now[register] = value;
    }

    // ---- the data port ----

    int readData(int size) {
        int value = 0;
        for (int i = 0; i < size && (status & DRQ) != 0 && !writing; i++) {
            value |= (buffer[position++] & 0xff) << 8 * i;
            if (position == buffer.length) {
                blockRead();
            }
        }
        return value;
    }

    void writeData(int size, int value) {
        for (int i = 0; i < size && (status & DRQ) != 0 && writing; i++) {
            buffer[position++] = (byte) (value >>> 8 * i);
            if (position == buffer.length) {
                blockWritten();
            }
        }
    }

    private void blockRead() {
        int done = buffer.length / Disk.SECTOR;
        endTransfer();
        if (remaining > 0) {
            advance(done);
        }
        if (remaining > 0) {
            offerBlock();
        }
    }

    private void offerBlock() {
        int count = Math.min(blockSize, remaining);
        buffer = new byte[count * Disk.SECTOR];
        for (int i = 0; i < count; i++) {
            System.arraycopy(disk.read(sector + i), 0, buffer, i * Disk.SECTOR, Disk.SECTOR);
        }
        status |= DRQ;
        interrupt.run();
    }

    private void blockWritten() {
        int count = buffer.length / Disk.SECTOR;
        for (int i = 0; i < count; i++) {
            disk.write(sector + i, Arrays.copyOfRange(buffer, i * Disk.SECTOR, (i + 1) * Disk.SECTOR));
        }
        endTransfer();
        advance(count);
        if (remaining > 0) {
            acceptBlock();
        }
        interrupt.run();
    }

    private void acceptBlock() {
        buffer = new byte[Math.min(blockSize, remaining) * Disk.SECTOR];
        writing = true;
        status |= DRQ;
    }

    private void endTransfer() {
        status &= ~DRQ;
        writing = false;
        position = 0;
        buffer = new byte[0];
    }

    private void advance(int count) {
        sector += count;
        remaining -= count;
    }

    // ---- commands ----

    void execute(int command) {
        endTransfer();
        remaining = 0;
        error = 0;
        status = READY | SEEK_COMPLETE;
        switch (command) {
            case 0x20, 0x21 -> startRead(false, 1);
            case 0x24 -> startRead(true, 1);
            case 0xc4 -> startRead(false, multiple);
            case 0x29 -> startRead(true, multiple);
            case 0x30, 0x31 -> startWrite(false, 1);
            case 0x34 -> startWrite(true, 1);
            case 0xc5 -> startWrite(false, multiple);
            case 0x39 -> startWrite(true, multiple);
            case 0x40, 0x41 -> verify(false);
            case 0x42 -> verify(true);
            case 0x27 -> nativeMax(true);
            case 0xf8 -> nativeMax(false);
            case 0xec -> identify();
            case 0x90 -> {
                signature();
                interrupt.run();
            }
            case 0x91 -> {
                perTrack = Math.max(1, now[COUNT]);
                heads = (now[DEVICE] & 15) + 1;
                interrupt.run();
            }
            case 0xc6 -> setMultiple();
            case 0xe5 -> { // CHECK POWER MODE: active
                now[COUNT] = 0xff;
                interrupt.run();
            }
            case 0xef -> setFeatures();
            case 0x10, 0x70, 0xe0, 0xe1, 0xe2, 0xe3, 0xe6, 0xe7, 0xea -> interrupt.run(); // seek, power, flush
            default -> fail(ABORTED);
        }
    }

    private void fail(int reason) {
        error = reason;
        status |= ERR;
        interrupt.run();
    }

    private void identify() {
        buffer = AtaIdentity.of(serial, disk.sectors(), MAX_MULTIPLE, multiple, heads, perTrack);
        status |= DRQ;
        interrupt.run();
    }

    private void setMultiple() {
        int count = now[COUNT];
        if (count > MAX_MULTIPLE || Integer.bitCount(count) > 1) {
            fail(ABORTED);
        } else {
            multiple = count;
            interrupt.run();
        }
    }

    /** Transfer mode (PIO only), read look-ahead, write cache, reverting to defaults: nothing of it shows here. */
    private void setFeatures() {
        boolean dma = now[FEATURES] == 3 && (now[COUNT] & 0xf8) > 8;
        switch (dma ? -1 : now[FEATURES]) {
            case 0x02, 0x03, 0x55, 0x66, 0x82, 0xaa, 0xcc -> interrupt.run();
            default -> fail(ABORTED);
        }
    }

    private boolean begin(boolean wide, int perBlock) {
        extended = wide;
        blockSize = perBlock;
        remaining = count();
        sector = address();
        if (perBlock == 0) {
            remaining = 0;
            fail(ABORTED);
            return false;
        }
        if (sector < 0 || sector + remaining > disk.sectors()) {
            remaining = 0;
            fail(NOT_FOUND);
            return false;
        }
        return true;
    }

    private int count() {
        int wide = extended ? before[COUNT] << 8 | now[COUNT] : now[COUNT];
        return wide != 0 ? wide : extended ? 0x10000 : 0x100;
    }

    /** The sector that the registers address: 48 bits, 28 bits, or cylinder, head and sector; -1 if it cannot be. */
    private long address() {
        long low = now[LBA_HIGH] << 16 | now[LBA_MID] << 8 | now[LBA_LOW];
        if (extended) {
            return (long) before[LBA_HIGH] << 40 | (long) before[LBA_MID] << 32 | (long) before[LBA_LOW] << 24 | low;
        }
        int head = now[DEVICE] & 15;
        if ((now[DEVICE] & LBA) != 0) {
            return (long) head << 24 | low;
        }
        int number = now[LBA_LOW];
        return number == 0 || number > perTrack || head >= heads
                ? -1
                : ((low >> 8) * heads + head) * perTrack + number - 1;
    }

    private void startRead(boolean wide, int perBlock) {
        if (begin(wide, perBlock)) {
            offerBlock();
        }
    }

    /** The first block is taken without an interrupt. */
    private void startWrite(boolean wide, int perBlock) {
        if (begin(wide, perBlock)) {
            acceptBlock();
        }
    }

    private void verify(boolean wide) {
        if (begin(wide, 1)) {
            remaining = 0;
            interrupt.run();
        }
    }

    private void nativeMax(boolean wide) {
        long last = disk.sectors() - 1;
        for (int i = 0; i < 3; i++) {
            now[LBA_LOW + i] = (int) (last >> 8 * i) & 0xff;
            before[LBA_LOW + i] = (int) (last >> 24 + 8 * i) & 0xff;
        }
        if (!wide) {
            now[DEVICE] = now[DEVICE] & 0xf0 | (int) (last >> 24) & 15;
        }
        interrupt.run();
    }

    void save(StateOutput out) {
        for (int i = 0; i < now.length; i++) {
            out.put(now[i]).put(before[i]);
        }
        out.put(status).put(error).put(heads).put(perTrack).put(multiple);
        out.put(buffer)
                .put(position)
                .put(writing)
                .put(extended)
                .put(sector)
                .put(remaining)
                .put(blockSize);
    }

    void load(StateInput in) {
        for (int i = 0; i < now.length; i++) {
            now[i] = in.nextInt();
            before[i] = in.nextInt();
        }
        status = in.nextInt();
        error = in.nextInt();
        heads = in.nextInt();
        perTrack = in.nextInt();
        multiple = in.nextInt();
        buffer = in.nextBytes();
        position = in.nextInt();
        writing = in.nextBoolean();
        extended = in.nextBoolean();
        sector = in.next();
        remaining = in.nextInt();
        blockSize = in.nextInt();
    }
}
