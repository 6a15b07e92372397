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
                register, ThreadSuffix.thread(session, thread).registers().read(register)));
    }

    static Register register(Session session, int number) throws RefusedException {
        List<Register> registers = session.target().description().registers();
        if (number >= registers.size()) {
            throw new RefusedException("no register number " + number + ", there are " + registers.size());
        }
        return registers.get(number);
    }
}
