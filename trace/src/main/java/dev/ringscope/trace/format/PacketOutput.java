package dev.ringscope.trace.format;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * Appends packets to a file. Each is handed to the operating system whole before the next one begins, so whatever ends
 * this process leaves whole packets and at most one piece behind them; when the disk is full that piece is cut off
 * again.
 */
final class PacketOutput implements Closeable {
    private final Path file;
    private final FileChannel channel;
    private byte[] buffer = new byte[1 << 16];
    private long offset;

    /**
     * @param overwrite whether a file of that name may be replaced
     * @throws FileAlreadyExistsException if there is one and it may not
     */
    PacketOutput(Path file, boolean overwrite) throws IOException {
        this.file = file;
        Set<OpenOption> options = overwrite
                ? Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)
                : Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        channel = FileChannel.open(file, options);
        lock();
    }

    /** Others can find out that the file is being written, where the file system can tell them. */
    private void lock() {
        try {
            channel.tryLock();
        } catch (IOException | OverlappingFileLockException e) {
            // Nothing depends on it here.
        }
    }

    /** Where the next packet will begin; so many bytes are in the file. */
    long offset() {
        return offset;
    }

    void write(PacketKind kind, MessageLite body) throws IOException {
        int size = body.getSerializedSize();
        int at = begin(kind, size);
        CodedOutputStream out = CodedOutputStream.newInstance(buffer, at, size);
        body.writeTo(out);
        out.checkNoSpaceLeft();
        end(at + size);
    }

    void write(PacketKind kind, byte[] body) throws IOException {
        int at = begin(kind, body.length);
        System.arraycopy(body, 0, buffer, at, body.length);
        end(at + body.length);
    }

    /** A packet that is framed already. */
    void write(byte[] packet) throws IOException {
        if (buffer.length < packet.length) {
            buffer = new byte[packet.length];
        }
        System.arraycopy(packet, 0, buffer, 0, packet.length);
        put(packet.length);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private int begin(PacketKind kind, int size) throws IOException {
        int packet = 1 + CodedOutputStream.computeUInt32SizeNoTag(size) + size + PacketKind.CRC_BYTES;
        if (size < 0 || packet > PacketKind.MAX_BYTES || packet < 0) {
            throw new IOException("%s: a %s packet of %d bytes is beyond the format's limit of %d"
                    .formatted(file, kind, size & 0xffff_ffffL, PacketKind.MAX_BYTES));
        }
        if (buffer.length < packet + 6) {
            buffer = new byte[Math.max(packet + 6, buffer.length * 2)];
        }
        CodedOutputStream out = CodedOutputStream.newInstance(buffer);
        out.write((byte) PacketKind.PACKET_TAG);
        out.writeUInt32NoTag(packet);
        packetStart = out.getTotalBytesWritten();
        out.write((byte) (kind.field << 3 | 2));
        out.writeUInt32NoTag(size);
        return out.getTotalBytesWritten();
    }

    private int packetStart;

    private void end(int at) throws IOException {
        int crc = Bytes.crc32c(buffer, packetStart, at - packetStart);
        buffer[at] = (byte) PacketKind.CRC_TAG;
        Bytes.INT.set(buffer, at + 1, crc);
        put(at + PacketKind.CRC_BYTES);
    }

    private void put(int length) throws IOException {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
            while (bytes.hasRemaining()) {
                channel.write(bytes, offset + bytes.position());
            }
        } catch (IOException e) {
            cutOff(e);
            throw new IOException(
                    "%s: writing failed at byte %d (%s); what was recorded before it is kept"
                            .formatted(file, offset, e.getMessage()),
                    e);
        }
        offset += length;
    }

    private void cutOff(IOException cause) {
        try {
            channel.truncate(offset);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
