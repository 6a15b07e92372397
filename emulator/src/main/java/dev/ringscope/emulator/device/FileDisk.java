package dev.ringscope.emulator.device;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * A raw image file as a disk. A last sector that the file holds only in part is filled up with zeros. Reading and
 * writing throw {@link UncheckedIOException} when the file cannot.
 */
public final class FileDisk implements Disk, AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final boolean writable;
    private final long sectors;

    /** @param writable whether {@link #write} may change the file */
    public FileDisk(Path file, boolean writable) throws IOException {
        this.file = file;
        this.writable = writable;
        channel = FileChannel.open(
                file,
                writable ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE) : Set.of(StandardOpenOption.READ));
        sectors = Math.ceilDiv(channel.size(), SECTOR);
    }

    @Override
    public long sectors() {
        return sectors;
    }

    @Override
    public byte[] read(long sector) {
        ByteBuffer buffer = ByteBuffer.allocate(SECTOR);
        try {
            long at = sector * SECTOR;
            while (buffer.hasRemaining()) {
                int count = channel.read(buffer, at + buffer.position());
                if (count < 0) {
                    expectPadding(sector, buffer.position());
                    break;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": " + e.getMessage(), e);
        }
        return buffer.array();
    }

    private void expectPadding(long sector, int read) throws EOFException {
        if (sector != sectors - 1 || read == 0) {
            throw new EOFException("expected %d sectors, the file ends in sector %d".formatted(sectors, sector));
        }
    }

    @Override
    public void write(long sector, byte[] content) {
        if (!writable) {
            throw new IllegalStateException(file + " was opened for reading only");
        }
        try {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer, sector * SECTOR + buffer.position());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
