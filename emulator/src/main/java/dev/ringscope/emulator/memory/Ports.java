package dev.ringscope.emulator.memory;

import java.util.ArrayList;
import java.util.List;

/** The 65,536 I/O ports. A port nobody claimed reads as all ones and ignores writes, as an ISA bus does. */
public final class Ports {
    private final PortDevice[] devices = new PortDevice[0x10000];

    /** @throws IllegalArgumentException if one of the ports is taken or outside 0..0xffff */
    public void claim(int first, int count, PortDevice device) {
        for (int port = first; port < first + count; port++) {
            if (port < 0 || port > 0xffff || devices[port] != null) {
                throw new IllegalArgumentException("port 0x%x cannot be claimed".formatted(port));
            }
            devices[port] = device;
        }
    }

    /** Ports first to last that one device has claimed. */
    public record Range(int first, int last, PortDevice device) {}

    /** All that are claimed, ascending; neighbours of one device are one range. */
    public List<Range> ranges() {
        List<Range> ranges = new ArrayList<>();
        for (int port = 0; port < devices.length; port++) {
            int first = port;
            while (port + 1 < devices.length && devices[port + 1] == devices[first]) {
                port++;
            }
            if (devices[first] != null) {
                ranges.add(new Range(first, port, devices[first]));
            }
        }
        return ranges;
    }

    /** Reads {@code size} (1, 2, 4) bytes; a wide access goes whole to the device at its first port. */
    public int read(int port, int size) {
        PortDevice device = devices[port & 0xffff];
        int value = device == null ? -1 : device.readPort(port & 0xffff, size);
        return size == 4 ? value : value & ((1 << 8 * size) - 1);
    }

    public void write(int port, int size, int value) {
        PortDevice device = devices[port & 0xffff];
        if (device != null) {
            device.writePort(port & 0xffff, size, value);
        }
    }
}
