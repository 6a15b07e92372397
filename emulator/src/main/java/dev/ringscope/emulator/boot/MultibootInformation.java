package dev.ringscope.emulator.boot;

import dev.ringscope.emulator.boot.MemoryMap.Range;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The Multiboot information structure with everything it points to (Multiboot specification 0.6.96, section 3.3):
 * memory sizes, command line, modules, memory map, loader's name.
 */
final class MultibootInformation {
    private record Module(long start, long end, String commandLine) {}

    private static final int FIXED = 116;
    private static final int MODULE = 16;
    private static final int MAP_ENTRY = 24;
    /** Bits of the flags field: sizes, command line, modules, memory map, loader's name. */
    private static final int PRESENT = 1 | 1 << 2 | 1 << 3 | 1 << 6 | 1 << 9;

    private static final String LOADER = "Ringscope";

    private final long ramSize;
    private final List<Range> map;
    private final List<Module> modules = new ArrayList<>();
    private String commandLine = "";

    MultibootInformation(long ramSize) {
        this.ramSize = ramSize;
        map = MemoryMap.of(ramSize);
    }

    void commandLine(String text) {
        commandLine = text;
    }

    /** @param end the first address behind the module */
    void module(long start, long end, String text) {
        modules.add(new Module(start, end, text));
    }

    int size() {
        int size = strings() + string(commandLine).length + string(LOADER).length;
        for (Module module : modules) {
            size += string(module.commandLine).length;
        }
        return size;
    }

    private int strings() {
        return FIXED + MODULE * modules.size() + MAP_ENTRY * map.size();
    }

    private static byte[] string(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    /** The bytes for that physical address. */
    byte[] build(long address) {
        ByteBuffer out = ByteBuffer.allocate(size()).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer text = out.duplicate().position(strings());
        int base = (int) address;
        int modulesAt = base + FIXED;
        int mapAt = modulesAt + MODULE * modules.size();
        out.putInt(0, PRESENT);
        out.putInt(4, (int) Math.min(ramSize, MemoryMap.LOW_END) >> 10);
        out.putInt(8, (int) (Math.max(0, ramSize - MemoryMap.HIGH) >> 10));
        out.putInt(16, base + append(text, commandLine));
        out.putInt(20, modules.size()).putInt(24, modulesAt);
        out.putInt(44, MAP_ENTRY * map.size()).putInt(48, mapAt);
        out.putInt(64, base + append(text, LOADER));
        out.position(FIXED);
        for (Module module : modules) {
            out.putInt((int) module.start).putInt((int) module.end);
            out.putInt(base + append(text, module.commandLine)).putInt(0);
        }
        for (Range range : map) {
            out.putInt(MAP_ENTRY - 4)
                    .putLong(range.start())
                    .putLong(range.size())
                    .putInt(range.type());
        }
        return out.array();
    }

    private static int append(ByteBuffer text, String s) {
        int at = text.position();
        text.put(string(s));
        return at;
    }
}
