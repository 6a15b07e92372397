package dev.ringscope.emulator.device;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import java.util.ArrayDeque;

/** Bytes (0..255) on their way, first in, first out. */
final class ByteQueue {
    private final ArrayDeque<Integer> bytes = new ArrayDeque<>();

    void add(int value) {
        bytes.add(value & 0xff);
    }

    /** The oldest byte; there must be one. */
    int remove() {
        return bytes.remove();
    }

    int size() {
        return bytes.size();
    }

    void clear() {
        bytes.clear();
    }

    void save(StateOutput out) {
        byte[] content = new byte[bytes.size()];
        int i = 0;
        for (int value : bytes) {
            content[i++] = (byte) value;
        }
        out.put(content);
    }

    void load(StateInput in) {
        bytes.clear();
        for (byte value : in.nextBytes()) {
            bytes.add(value & 0xff);
        }
    }
}
