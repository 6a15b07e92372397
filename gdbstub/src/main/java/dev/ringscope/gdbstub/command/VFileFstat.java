package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** {@code vFile:fstat:fd}: a file's size and kind, as the 64-byte big-endian {@code struct stat} of the GDB manual. */
record VFileFstat(int descriptor) implements Command {
    private static final int STAT_BYTES = 64;
    private static final int MODE_AT = 8;
    private static final int SIZE_AT = 28;
    private static final int BLOCK_SIZE_AT = 36;
    private static final int BLOCKS_AT = 44;
    /** A regular file that everybody may read. */
    private static final int MODE = 0100444;

    private static final int BLOCK = 512;

    static Command read(PacketScanner in) {
        int descriptor = in.hex(Integer.MAX_VALUE);
        in.end();
        return new VFileFstat(descriptor);
    }

    @Override
    public Reply answer(Session session) {
        Optional<SeekableByteChannel> file = session.files().get(descriptor);
        if (file.isEmpty()) {
            return FileError.EBADF.reply();
        }
        byte[] header = ("F" + Integer.toHexString(STAT_BYTES) + ";").getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer reply = ByteBuffer.allocate(header.length + STAT_BYTES).put(header);
        ByteBuffer stat = reply.slice();
        try {
            long size = file.get().size();
            stat.putInt(MODE_AT, MODE).putLong(SIZE_AT, size).putLong(BLOCK_SIZE_AT, BLOCK);
            stat.putLong(BLOCKS_AT, (size + BLOCK - 1) / BLOCK);
        } catch (IOException e) {
            return FileError.EBADF.reply();
        }
        return Reply.bytes(reply.array());
    }
}
