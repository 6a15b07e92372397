package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume.Action;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code c [addr]}: continues, at another address if one is given. */
record LowerC(Jump jump) implements Command {
    static Command read(PacketScanner in) {
        return new LowerC(Jump.read(in));
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        jump.apply(session);
        return Run.forwards(Run.actions(session, Action.CONTINUE)).go(session);
    }
}
