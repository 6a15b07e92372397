package dev.ringscope.emulator;

import java.util.List;

/**
 * The machine between two instructions, as a recorder takes it at the end of a chunk. Valid only during that call, on
 * the guest's thread. What it returns must depend on nothing but the guest, its configuration and the inputs so far.
 */
public interface Snapshot {
    /**
     * Where a processor stands.
     *
     * @param ring privilege level as the architecture counts it
     * @param translationRoot the register that names the translation tables: CR3
     */
    record Context(int ring, Event.Mode mode, long translationRoot) {}

    /** A device's name and what its {@code save} wrote. */
    record DeviceState(String name, byte[] state) {}

    /** Instructions retired. */
    long position();

    /** Virtual time in nanoseconds. */
    long time();

    /** One per processor. */
    List<Context> contexts();

    /** The state of each processor as restoring needs it. */
    List<byte[]> processors();

    /** In the order of {@link MachineDescription#devices}. */
    List<DeviceState> devices();

    /** What belongs to no processor and no device: clock and timers. */
    byte[] machine();

    /**
     * A processor's registers, in the order of {@link MachineDescription#registers}: for each, as many longs as its
     * bits need, from the low end, zero-extended.
     */
    long[] registers(int processor);

    /**
     * Physical pages (address / 4096, ascending) written since the last call, by whoever; the first call gives all that
     * are not zero, ROM too. Forgets them.
     */
    long[] takeChangedPages();

    /** Physical pages (ascending) written since the last call of this method: those of the chunk. Forgets them. */
    long[] takeWrittenPages();

    /** Physical pages (ascending) that instructions read data from since the last call. Forgets them. */
    long[] takeReadPages();

    /** The array that holds a physical page of RAM or ROM; {@link #pageIndex} says where. Not to be written. */
    byte[] memory();

    /** Index into {@link #memory} of the first byte of a physical page. */
    int pageIndex(long page);
}
