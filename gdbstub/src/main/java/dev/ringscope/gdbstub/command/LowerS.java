package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume.Action;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code s [addr]}: executes one instruction, at another address if one is given. */
record LowerS(Jump jump) implements Command {
    static Command read(PacketScanner in) {
        return new LowerS(Jump.read(in));
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        jump.apply(session);
        return Run.forwards(Run.actions(session, Action.STEP)).go(session);
    }
}
