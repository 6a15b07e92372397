package dev.ringscope.emulator.device;

import dev.ringscope.emulator.memory.PortDevice;

/** An eight-bit device on the ISA bus: a wider access becomes byte accesses to consecutive ports, lowest first. */
interface BytePorts extends PortDevice {
    /** 0..255. */
    int readByte(int port);

    /** @param value 0..255 */
    void writeByte(int port, int value);

    @Override
    default int readPort(int port, int size) {
        int value = 0;
        for (int i = 0; i < size; i++) {
            value |= (readByte(port + i) & 0xff) << 8 * i;
        }
        return value;
    }

    @Override
    default void writePort(int port, int size, int value) {
        for (int i = 0; i < size; i++) {
            writeByte(port + i, value >>> 8 * i & 0xff);
        }
    }
}
