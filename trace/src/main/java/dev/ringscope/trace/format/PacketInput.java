package dev.ringscope.trace.format;

import dev.ringscope.trace.TraceFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads packets of a file at given offsets. Checks framing and CRC; safe for several threads. */
public final class PacketInput implements Closeable {
    /**
     * A packet whose CRC is right.
     *
     * @param offset in the file, of the 0A in front of it
     * @param end offset of the byte behind it
     * @param body the message in it
     */
    public record Packet(long offset, long end, PacketKind kind, WireInput body) {}

    private static final int MAX_FRAME = 6;

    private final String file;
    private final FileChannel channel;

    public PacketInput(Path file) throws IOException {
        this.file = file.toString();
        channel = FileChannel.open(file, StandardOpenOption.READ);
    }

    public String file() {
        return file;
    }

    public long size() throws IOException {
        return channel.size();
    }

    public Place place(long offset) {
        return new Place(file, offset, "");
    }

    /** @throws TraceFormatException if no whole and undamaged packet lies there */
    public Packet read(long offset) throws IOException {
        Place place = place(offset);
        long size = channel.size();
        place.verify(offset >= 0 && offset < size, "a packet, in a file of %d bytes".formatted(size), offset);
        byte[] frame = bytes(offset, (int) Math.min(MAX_FRAME, size - offset));
        if (frame[0] != PacketKind.PACKET_TAG) {
            throw place.expected("0a, the beginning of a packet, found %02x".formatted(frame[0]));
        }
        WireInput in = new WireInput(place, frame, 1, frame.length);
        long length = in.rawVarint();
        place.verify(
                length > PacketKind.CRC_BYTES && length <= PacketKind.MAX_BYTES,
                "a packet's length of %d to %d".formatted(PacketKind.CRC_BYTES + 1, PacketKind.MAX_BYTES),
                length);
        long start = offset + in.position();
        if (length > size - start) {
            throw place.expected(
                    "a packet of %d bytes, found the end of the file after %d".formatted(length, size - start));
        }
        return packet(place, start, bytes(start, (int) length));
    }

    /** The bytes of a packet that has been read, with those that frame it. */
    byte[] bytes(Packet packet) throws IOException {
        return bytes(packet.offset(), Math.toIntExact(packet.end() - packet.offset()));
    }

    /** Whether what lies at an offset is the beginning of a packet that ends behind the end of the file. */
    boolean unfinished(long offset) throws IOException {
        long rest = channel.size() - offset;
        byte[] frame = bytes(offset, (int) Math.min(MAX_FRAME, rest));
        if (frame[0] != PacketKind.PACKET_TAG) {
            return false;
        }
        long length = 0;
        for (int i = 1; i < frame.length; i++) {
            length |= (long) (frame[i] & 0x7f) << 7 * (i - 1);
            if (frame[i] >= 0) {
                return length <= PacketKind.MAX_BYTES && length > rest - i - 1;
            }
        }
        return frame.length < MAX_FRAME;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private Packet packet(Place place, long start, byte[] bytes) {
        int crcAt = bytes.length - PacketKind.CRC_BYTES;
        if (bytes[crcAt] != PacketKind.CRC_TAG) {
            throw place.expected("7d, the tag of the CRC, at the packet's end, found %02x".formatted(bytes[crcAt]));
        }
        int stored = (int) Bytes.INT.get(bytes, crcAt + 1);
        int computed = Bytes.crc32c(bytes, 0, crcAt);
        if (stored != computed) {
            throw place.expected("CRC %08x of the packet's bytes, found %08x".formatted(computed, stored));
        }
        PacketKind kind = PacketKind.UNKNOWN;
        WireInput body = null;
        WireInput fields = new WireInput(place, bytes, 0, crcAt);
        while (fields.next()) {
            PacketKind found = PacketKind.of(fields.field());
            if (found == PacketKind.UNKNOWN) {
                fields.skip();
            } else {
                place.verify(body == null, "one body in a packet, found a second one in field", fields.field());
                kind = found;
                body = fields.message();
            }
        }
        return new Packet(place.offset(), start + bytes.length, kind, body);
    }

    private byte[] bytes(long offset, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw place(offset).expected("%d bytes, found the end of the file".formatted(count));
            }
        }
        return buffer.array();
    }
}
