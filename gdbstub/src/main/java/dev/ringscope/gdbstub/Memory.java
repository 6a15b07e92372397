package dev.ringscope.gdbstub;

import java.util.Optional;

/**
 * A space of bytes at unsigned 64-bit addresses, as a debugger sees it: reading has no side effects on the guest (no
 * accessed bits, no faults, no device reads) and ignores privilege.
 */
public interface Memory {
    /**
     * Reads into {@code into[offset .. offset + length)}.
     *
     * @return how many bytes were read before the first one that is not mapped; 0 if that is the very first
     */
    int read(long address, byte[] into, int offset, int length);

    /**
     * Writes all of {@code data}, even to pages that the guest itself may not write.
     *
     * @throws RefusedException if a byte is not mapped (nothing is written then) or the target is a recording
     */
    void write(long address, byte[] data) throws RefusedException;

    /** The mapping, or the gap between mappings, that {@code address} lies in; empty if the target can't tell such. */
    default Optional<Region> region(long address) {
        return Optional.empty();
    }

    /**
     * A run of addresses that are all mapped alike, or all not mapped.
     *
     * @param permissions of {@code r}, {@code w} and {@code x}, in this order; empty for a gap
     */
    record Region(long start, long length, String permissions) {}
}
