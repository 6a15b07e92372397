package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;

/**
 * {@code qXfer:siginfo:write::offset:data}: changes the siginfo_t of the signal that the selected thread stopped with;
 * answered with the number of bytes written.
 */
record QXferSiginfoWrite(long offset, byte[] data) implements Command {
    static Command read(PacketScanner in) {
        in.expect(':');
        long offset = in.hex64();
        return new QXferSiginfoWrite(offset, in.expect(':').rest());
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        GuestThread thread = session.thread();
        byte[] siginfo = thread.siginfo()
                .orElseThrow(() -> new RefusedException("thread " + thread.id() + " did not stop with a signal"));
        if (Long.compareUnsigned(offset, siginfo.length) > 0 || data.length > siginfo.length - offset) {
            throw new RefusedException("packet 'qXfer:siginfo:write': bytes 0x" + Hex.of(offset) + " to 0x"
                    + Hex.of(offset + data.length) + " are not within the " + siginfo.length + " of siginfo");
        }
        System.arraycopy(data, 0, siginfo, (int) offset, data.length);
        thread.writeSiginfo(siginfo);
        return Reply.text(Hex.of(data.length));
    }
}
