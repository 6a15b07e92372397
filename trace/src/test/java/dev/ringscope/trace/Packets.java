package dev.ringscope.trace;

import dev.ringscope.proto.trace.v1.Chunk;
import dev.ringscope.proto.trace.v1.Header;
import dev.ringscope.proto.trace.v1.Packet;
import dev.ringscope.proto.trace.v1.Trace;
import dev.ringscope.trace.format.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Takes traces apart with the generated classes, and puts altered ones together. */
public final class Packets {
    private Packets() {}

    /** The file with another header. */
    static void withHeader(byte[] whole, Path file, Consumer<Header.Builder> change) throws IOException {
        Trace trace = Trace.parseFrom(whole);
        Header.Builder header = trace.getPacket(0).getHeader().toBuilder();
        change.accept(header);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, Packet.newBuilder().setHeader(header).build());
        for (int i = 1; i < trace.getPacketCount(); i++) {
            write(out, trace.getPacket(i));
        }
        Files.write(file, out.toByteArray());
    }

    /** The file with another chunk, as long as the one that was there. */
    public static void withChunk(byte[] whole, Path file, int number, Consumer<Chunk.Builder> change)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Packet packet : Trace.parseFrom(whole).getPacketList()) {
            Packet.Builder changed = packet.toBuilder();
            if (packet.hasChunk() && packet.getChunk().getNumber() == number) {
                change.accept(changed.getChunkBuilder());
            }
            write(out, changed.build());
        }
        Files.write(file, out.toByteArray());
    }

    /** The file with another text in the pages of its first checkpoint, which are plain. */
    static void withCheckpointPages(byte[] whole, Path file, String from, String to) throws IOException {
        String text = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1);
        int at = text.indexOf(from);
        byte[] changed = whole.clone();
        System.arraycopy(to.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), 0, changed, at, to.length());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Packet packet : Trace.parseFrom(changed).getPacketList()) {
            write(out, packet);
        }
        Files.write(file, out.toByteArray());
    }

    /** One packet as it lies in a file, with a CRC that fits. */
    static void write(ByteArrayOutputStream out, Packet packet) throws IOException {
        byte[] body = packet.toBuilder().clearCrc32C().build().toByteArray();
        Trace.newBuilder()
                .addPacket(Packet.parseFrom(body).toBuilder().setCrc32C(Bytes.crc32c(body)))
                .build()
                .writeTo(out);
    }
}
