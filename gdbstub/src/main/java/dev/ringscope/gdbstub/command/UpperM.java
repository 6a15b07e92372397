package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code M addr,length:XX...}: writes memory. */
record UpperM(long address, byte[] data) implements Command {
    static Command read(PacketScanner in) {
        long address = in.hex64();
        int length = in.expect(',').hex(Session.PACKET_SIZE / 2);
        byte[] data = in.expect(':').hexBytes(length);
        in.end();
        return new UpperM(address, data);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        session.write(address, data);
        return Reply.OK;
    }
}
