package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;

/** {@code vFile:close:fd}. */
record VFileClose(int descriptor) implements Command {
    static Command read(PacketScanner in) {
        int descriptor = in.hex(Integer.MAX_VALUE);
        in.end();
        return new VFileClose(descriptor);
    }

    @Override
    public Reply answer(Session session) {
        Optional<SeekableByteChannel> file = session.files().remove(descriptor);
        if (file.isEmpty()) {
            return FileError.EBADF.reply();
        }
        try {
            file.get().close();
        } catch (IOException e) {
            return FileError.EBADF.reply();
        }
        return Reply.text("F0");
    }
}
