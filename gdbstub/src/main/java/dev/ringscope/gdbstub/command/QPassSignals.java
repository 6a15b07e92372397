package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.ProgramFeature;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** {@code QPassSignals:signal[;signal]...}: which signals the program gets without gdb being told. */
record QPassSignals(SignalList signals) implements Command {
    static Command read(PacketScanner in) {
        return new QPassSignals(SignalList.read(in));
    }

    @Override
    public Reply answer(Session session) {
        if (!session.target().programFeatures().contains(ProgramFeature.SIGNALS)) {
            return Reply.UNSUPPORTED;
        }
        session.events().passSignals(signals.signals());
        return Reply.OK;
    }
}
