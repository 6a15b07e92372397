package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.Arrays;

/**
 * {@code x addr,length}: reads memory, answered in binary. gdb 16, which says {@code binary-upload+}, wants a {@code b}
 * before the bytes; lldb wants the bytes alone, and {@code OK} for a length of 0.
 */
record LowerX(long address, int length) implements Command {
    static Command read(PacketScanner in) {
        long address = in.hex64();
        int length = in.expect(',').lengthUpTo(Session.PACKET_SIZE / 2);
        in.end();
        return new LowerX(address, length);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        boolean gdb = session.client().binaryUpload();
        if (length == 0) {
            return gdb ? Reply.text("b") : Reply.OK;
        }
        byte[] bytes = new byte[length + 1];
        bytes[0] = 'b';
        int n = session.memory().read(address, bytes, 1, length);
        if (n == 0) {
            throw new RefusedException("no memory at 0x" + Hex.of(address));
        }
        return Reply.bytes(Arrays.copyOfRange(bytes, gdb ? 0 : 1, n + 1));
    }

    @Override
    public boolean explainsErrors() {
        return false;
    }
}
