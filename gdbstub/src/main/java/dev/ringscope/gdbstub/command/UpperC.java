package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume.Action;
import dev.ringscope.gdbstub.Resume.Kind;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code C sig[;addr]}: delivers a signal and continues, at another address if one is given. */
record UpperC(SignalNumber signal, Jump jump) implements Command {
    static Command read(PacketScanner in) {
        SignalNumber signal = SignalNumber.read(in);
        in.skip(';');
        return new UpperC(signal, Jump.read(in));
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        Action action = new Action(Kind.CONTINUE, signal.signal());
        jump.apply(session);
        return Run.forwards(Run.actions(session, action)).go(session);
    }
}
