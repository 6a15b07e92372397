package dev.ringscope.emulator.device;

/** Sectors of 512 bytes behind a drive. */
public interface Disk {
    int SECTOR = 512;

    /** How many there are, numbered from 0. */
    long sectors();

    /** The sector's 512 bytes, not to be changed by the caller. */
    byte[] read(long sector);

    /** @param content 512 bytes, which the disk may keep */
    void write(long sector, byte[] content);
}
