package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import dev.ringscope.emulator.memory.PortDevice;
import dev.ringscope.emulator.memory.Ports;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * QEMU's firmware configuration device (QEMU documentation, "QEMU Firmware Configuration (fw_cfg) Device"), which
 * SeaBIOS asks for memory, boot order and option ROMs: selector at port 0x510, data at 0x511, no DMA. An item that is
 * not there, and what lies behind an item's end, reads as zeros, so the items whose value would be zero (NUMA nodes,
 * ACPI and SMBIOS lists, IRQ0 override, boot menu) need no entry.
 */
public final class FwCfg implements Device, PortDevice {
    private static final int SELECTOR = 0x510, DATA = 0x511;
    private static final int SIGNATURE = 0x00,
            ID = 0x01,
            RAM_SIZE = 0x03,
            CPUS = 0x05,
            MAX_CPUS = 0x0f,
            FILE_DIR = 0x19;
    private static final int FIRST_FILE = 0x20;
    private static final int MAX_NAME = 55;
    private static final int E820_RAM = 1;
    private static final Item NOTHING = item(new byte[0]);

    /** @param bytes gives the byte at an offset below {@code size}; only its low 8 bits count */
    private record Item(int size, IntUnaryOperator bytes) {}

    private final Map<Integer, Item> items = new HashMap<>();
    private final Map<String, Integer> fileSizes = new LinkedHashMap<>();
    private int selected;
    private int offset;

    /** @param ramSize bytes of RAM from address 0 */
    public FwCfg(long ramSize) {
        items.put(SIGNATURE, item("QEMU".getBytes(StandardCharsets.US_ASCII)));
        items.put(ID, item(new byte[] {1, 0, 0, 0})); // the traditional interface only
        items.put(RAM_SIZE, item(little(8).putLong(ramSize).array()));
        items.put(CPUS, item(new byte[] {1, 0}));
        items.put(MAX_CPUS, item(new byte[] {1, 0}));
        addFile(
                "etc/e820",
                little(20).putLong(0).putLong(ramSize).putInt(E820_RAM).array());
    }

    public void claimPorts(Ports ports) {
        ports.claim(SELECTOR, 2, this);
    }

    private static Item item(byte[] content) {
        return new Item(content.length, i -> content[i]);
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Adds a file for the firmware: see {@link #addFile(String, int, IntUnaryOperator)}. */
    public void addFile(String name, byte[] content) {
        addFile(name, content.length, i -> content[i]);
    }

    /**
     * Adds a file whose content is looked up when the guest reads it: {@code vgaroms/NAME} for a video BIOS,
     * {@code bootorder} and so on.
     *
     * @param name ASCII, at most 55 characters, not used before
     * @param bytes gives the byte at an offset from 0 to {@code size - 1}
     */
    public void addFile(String name, int size, IntUnaryOperator bytes) {
        if (name.length() > MAX_NAME || fileSizes.containsKey(name)) {
            throw new IllegalArgumentException("fw_cfg cannot take a file named \"%s\"".formatted(name));
        }
        items.put(FIRST_FILE + fileSizes.size(), new Item(size, bytes));
        fileSizes.put(name, size);
        items.put(FILE_DIR, item(directory()));
    }

    /** Numbers here are big-endian: count; then per file size, selector, reserved, name in 56 bytes. */
    private byte[] directory() {
        ByteBuffer out = ByteBuffer.allocate(4 + 64 * fileSizes.size());
        out.putInt(fileSizes.size());
        int key = FIRST_FILE;
        for (Map.Entry<String, Integer> file : fileSizes.entrySet()) {
            out.putInt(file.getValue()).putShort((short) key++).putShort((short) 0);
            byte[] name = file.getKey().getBytes(StandardCharsets.US_ASCII);
            out.put(name).put(new byte[MAX_NAME + 1 - name.length]);
        }
        return out.array();
    }

    @Override
    public int readPort(int port, int size) {
        if (port != DATA) {
            return 0;
        }
        Item item = items.getOrDefault(selected, NOTHING);
        int value = 0;
        for (int i = 0; i < size; i++, offset++) {
            value |= (offset < item.size ? item.bytes.applyAsInt(offset) & 0xff : 0) << 8 * i;
        }
        return value;
    }

    /** Items cannot be written. */
    @Override
    public void writePort(int port, int size, int value) {
        if (port == SELECTOR && size == 2) {
            selected = value & 0xffff;
            offset = 0;
        }
    }

    @Override
    public String name() {
        return "fw-cfg";
    }

    @Override
    public void reset() {
        selected = offset = 0;
    }

    @Override
    public void save(StateOutput out) {
        out.put(selected).put(offset);
    }

    @Override
    public void load(StateInput in) {
        selected = in.nextInt();
        offset = in.nextInt();
    }
}
