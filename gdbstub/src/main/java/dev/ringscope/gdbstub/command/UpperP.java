package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code P n=r}: writes one register. */
record UpperP(int number, byte[] value, ThreadId thread) implements Command {
    static Command read(PacketScanner in) {
        int number = in.hex(Integer.MAX_VALUE);
        byte[] value = in.expect('=').hexBytes();
        return new UpperP(number, value, ThreadSuffix.read(in));
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        Register register = LowerP.register(session, number);
        if (value.length != register.bytes()) {
            throw new RefusedException("packet 'P': expected " + register.bytes() + " bytes for " + register.name()
                    + ", not " + value.length);
        }
        session.view().registers(ThreadSuffix.thread(session, thread)).write(register, value);
        return Reply.OK;
    }
}
