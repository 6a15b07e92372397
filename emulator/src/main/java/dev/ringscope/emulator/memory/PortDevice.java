package dev.ringscope.emulator.memory;

/** What answers at I/O ports. Values are in the low {@code 8 * size} bits, size is 1, 2 or 4. */
public interface PortDevice {
    int readPort(int port, int size);

    void writePort(int port, int size, int value);
}
