package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code m addr,length}: reads memory, as much as there is from {@code addr} on and as fits a packet. */
record LowerM(long address, int length) implements Command {
    static Command read(PacketScanner in) {
        long address = in.hex64();
        int length = in.expect(',').lengthUpTo(Session.PACKET_SIZE / 2);
        in.end();
        return new LowerM(address, length);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        byte[] bytes = new byte[length];
        int n = session.memory().read(address, bytes, 0, length);
        if (n == 0 && length != 0) {
            throw new RefusedException("no memory at 0x" + Hex.of(address));
        }
        return Reply.text(Hex.of(bytes, 0, n));
    }

    @Override
    public boolean explainsErrors() {
        return false;
    }
}
