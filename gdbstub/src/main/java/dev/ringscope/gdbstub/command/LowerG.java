package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code g}: all registers, in the description's order; unknown ones as {@code xx}. */
record LowerG(ThreadId thread) implements Command {
    static Command read(PacketScanner in) {
        return new LowerG(ThreadSuffix.read(in));
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        var registers = session.view().registers(ThreadSuffix.thread(session, thread));
        StringBuilder text = new StringBuilder();
        for (Register register : session.view().description().registers()) {
            text.append(value(register, registers.read(register)));
        }
        return Reply.text(text.toString());
    }

    static String value(Register register, byte[] value) {
        return value.length == 0 ? "xx".repeat(register.bytes()) : Hex.of(value);
    }
}
