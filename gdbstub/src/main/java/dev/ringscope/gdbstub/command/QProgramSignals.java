package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.ProgramFeature;
import dev.ringscope.gdbstub.packet.PacketScanner;

/**
 * {@code QProgramSignals:signal[;signal]...}: which signals the program may get at all. It decides what becomes of the
 * signal that the program stands at when the client detaches.
 */
record QProgramSignals(SignalList signals) implements Command {
    static Command read(PacketScanner in) {
        return new QProgramSignals(SignalList.read(in));
    }

    @Override
    public Reply answer(Session session) {
        if (!session.target().programFeatures().contains(ProgramFeature.SIGNALS)) {
            return Reply.UNSUPPORTED;
        }
        session.programSignals(signals.signals());
        return Reply.OK;
    }
}
