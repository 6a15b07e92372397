package dev.ringscope.gdbstub.command;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The files that a client has open through the {@code vFile} packets, by descriptor. */
final class OpenFiles {
    /** More than any client needs, fewer than any system's limit. */
    private static final int MOST = 64;

    private final Map<Integer, SeekableByteChannel> open = new TreeMap<>();

    /** The new descriptor, or empty if too many are open. */
    Optional<Integer> add(SeekableByteChannel file) {
        for (int descriptor = 0; descriptor < MOST; descriptor++) {
            if (open.putIfAbsent(descriptor, file) == null) {
                return Optional.of(descriptor);
            }
        }
        return Optional.empty();
    }

    Optional<SeekableByteChannel> get(int descriptor) {
        return Optional.ofNullable(open.get(descriptor));
    }

    Optional<SeekableByteChannel> remove(int descriptor) {
        return Optional.ofNullable(open.remove(descriptor));
    }

    void closeAll() {
        for (SeekableByteChannel file : open.values()) {
            try {
                file.close();
            } catch (IOException e) {
                // Read-only: nothing can be lost.
            }
        }
        open.clear();
    }
}
