package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestFiles;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** {@code vFile:open:path,flags,mode}: opens a file for reading. */
record VFileOpen(String path, int flags) implements Command {
    private static final int ACCESS_MODES = 3;

    static Command read(PacketScanner in) {
        String path = in.hexText();
        int flags = in.expect(',').hex(Integer.MAX_VALUE);
        in.expect(',').hex64();
        in.end();
        return new VFileOpen(path, flags);
    }

    @Override
    public Reply answer(Session session) {
        Optional<GuestFiles> files = session.target().files();
        if (files.isEmpty()) {
            return Reply.UNSUPPORTED;
        }
        if ((flags & ACCESS_MODES) != 0) {
            return FileError.EROFS.reply();
        }
        try {
            SeekableByteChannel file = files.get().open(path);
            Optional<Integer> descriptor = session.files().add(file);
            if (descriptor.isEmpty()) {
                file.close();
                return FileError.EMFILE.reply();
            }
            return Reply.text("F" + Hex.of(descriptor.get()));
        } catch (NoSuchFileException e) {
            return FileError.ENOENT.reply();
        } catch (IOException e) {
            return FileError.EACCES.reply();
        }
    }
}
