package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** {@code vFile:pread:fd,count,offset}: reads from a file. */
record VFilePread(int descriptor, int count, long offset) implements Command {
    /** Room for {@code F}, the count and {@code ;}. */
    private static final int HEADER = 16;

    static Command read(PacketScanner in) {
        int descriptor = in.hex(Integer.MAX_VALUE);
        int count = in.expect(',').lengthUpTo(Session.PACKET_SIZE - HEADER);
        long offset = in.expect(',').hex64();
        in.end();
        return new VFilePread(descriptor, count, offset);
    }

    @Override
    public Reply answer(Session session) {
        Optional<SeekableByteChannel> file = session.files().get(descriptor);
        if (file.isEmpty()) {
            return FileError.EBADF.reply();
        }
        if (offset < 0) {
            return FileError.EINVAL.reply();
        }
        ByteBuffer data = ByteBuffer.allocate(count);
        try {
            file.get().position(offset);
            while (data.hasRemaining() && file.get().read(data) >= 0) {}
        } catch (IOException e) {
            return FileError.EACCES.reply();
        }
        byte[] header = ("F" + Hex.of(data.position()) + ";").getBytes(StandardCharsets.ISO_8859_1);
        return Reply.bytes(ByteBuffer.allocate(header.length + data.position())
                .put(header)
                .put(data.flip())
                .array());
    }
}
