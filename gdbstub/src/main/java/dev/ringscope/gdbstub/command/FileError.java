package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.Hex;

/** Why a {@code vFile} packet failed, by the numbers of the GDB manual, "Errno Values". */
enum FileError {
    ENOENT(2),
    EBADF(9),
    EACCES(13),
    EINVAL(22),
    EMFILE(24),
    EROFS(30);

    private final int number;

    FileError(int number) {
        this.number = number;
    }

    Reply reply() {
        return Reply.text("F-1," + Hex.of(number));
    }
}
