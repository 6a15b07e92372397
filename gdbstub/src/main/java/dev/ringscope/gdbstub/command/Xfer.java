package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.packet.PacketScanner;

/**
 * Which piece of an object a {@code qXfer:OBJECT:read:annex:offset,length} packet asks for; answered with {@code m} and
 * the piece, or {@code l} and the last one.
 */
record Xfer(String annex, long offset, int length) {
    static Xfer read(PacketScanner in) {
        String annex = in.until(':');
        long offset = in.expect(':').hex64();
        int length = in.expect(',').lengthUpTo(Session.PACKET_SIZE - 1);
        in.end();
        return new Xfer(annex, offset, length);
    }

    Reply of(byte[] object) {
        int from = offset < 0 || offset > object.length ? object.length : (int) offset;
        int to = Math.min(object.length, from + length);
        byte[] reply = new byte[1 + to - from];
        reply[0] = (byte) (to == object.length ? 'l' : 'm');
        System.arraycopy(object, from, reply, 1, to - from);
        return Reply.bytes(reply);
    }
}
