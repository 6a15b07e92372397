package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.List;

/** {@code p n}: one register. */
record LowerP(int number, ThreadId thread) implements Command {
    static Command read(PacketScanner in) {
        return new LowerP(in.hex(Integer.MAX_VALUE), ThreadSuffix.read(in));
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        Register register = register(session, number);
        return Reply.text(LowerG.value(
                register,
                session.view().registers(ThreadSuffix.thread(session, thread)).read(register)));
    }

    static Register register(Session session, int number) throws RefusedException {
        List<Register> registers = session.view().description().registers();
        if (number >= registers.size()) {
            throw new RefusedException("no register number " + number + ", there are " + registers.size());
        }
        return registers.get(number);
    }
}
