package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.TargetDescription;
import dev.ringscope.gdbstub.packet.Hex;

/** {@code qHostInfo}: lldb asks what kind of machine this is. */
record QHostInfo() implements Command {
    @Override
    public Reply answer(Session session) {
        TargetDescription description = session.view().description();
        return Reply.text("triple:" + Hex.of(description.triple()) + ";" + layout(description));
    }

    static String layout(TargetDescription description) {
        String endian = description.pc().order().toString().startsWith("LITTLE") ? "little" : "big";
        return "endian:" + endian + ";ptrsize:" + description.pc().bytes() + ";";
    }
}
