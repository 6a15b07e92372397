package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code X addr,length:bytes}: writes memory, given in binary; with length 0 gdb asks whether we know the packet. */
record UpperX(long address, byte[] data) implements Command {
    static Command read(PacketScanner in) {
        long address = in.hex64();
        int length = in.expect(',').hex(Session.PACKET_SIZE);
        byte[] data = in.expect(':').bytes(length);
        in.end();
        return new UpperX(address, data);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        if (data.length != 0) {
            session.write(address, data);
        }
        return Reply.OK;
    }
}
