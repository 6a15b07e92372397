package dev.ringscope.cli.debug.program;

import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.emulator.user.ProcessView.Mapped;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the program's pages hold that have no memory yet: the kernel gives a page its memory when the program first
 * touches it, but a native debugger reads it before. A recording does not hold such pages either; the executable does.
 */
final class Untouched {
    private static final int PAGE = 4096;

    private final Moves moves;
    private long number = -1;
    private byte[] page;

    Untouched(Moves moves) {
        this.moves = moves;
    }

    /** The mapping of an address that may be read. */
    Optional<Mapped> mapping(long address) {
        return moves.process().mappings().stream()
                .filter(m -> m.contains(address) && m.protection() != 0)
                .findFirst();
    }

    /** The page of an address, or empty if it is not mapped or nobody knows what it holds. */
    Optional<byte[]> page(long address) {
        Optional<Mapped> mapping = mapping(address);
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        return switch (mapping.get().origin()) {
            case ZEROS -> Optional.of(new byte[PAGE]);
            case EXECUTABLE -> fromFile(mapping.get(), address & -PAGE);
            case OTHER -> Optional.empty();
        };
    }

    private Optional<byte[]> fromFile(Mapped mapping, long start) {
        if (start == number) {
            return Optional.of(page);
        }
        byte[] bytes = new byte[PAGE];
        long first = Math.max(start, mapping.contentStart());
        long last = Math.min(start + PAGE, mapping.contentStart() + mapping.contentLength());
        if (first < last) {
            ByteBuffer part = ByteBuffer.wrap(bytes, (int) (first - start), (int) (last - first));
            ProcessView process = moves.process();
            try (SeekableByteChannel file = Files.newByteChannel(Path.of(process.executable()))) {
                file.position(mapping.fileOffset() + first - mapping.contentStart());
                while (part.hasRemaining()) {
                    if (file.read(part) < 0) {
                        return Optional.empty();
                    }
                }
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        number = start;
        page = bytes;
        return Optional.of(bytes);
    }
}
