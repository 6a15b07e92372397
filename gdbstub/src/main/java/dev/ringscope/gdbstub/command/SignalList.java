package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.EnumSet;
import java.util.Set;

/** The signals that a packet lists by gdb's numbers. Those of other systems than Linux cannot happen here. */
record SignalList(Set<Signal> signals) {
    /** Reads the rest of the packet, which may be empty; gdb ends the list with a semicolon too. */
    static SignalList read(PacketScanner in) {
        Set<Signal> signals = EnumSet.noneOf(Signal.class);
        while (!in.atEnd()) {
            Signal.ofNumber(SignalNumber.read(in).number()).ifPresent(signals::add);
            if (!in.skip(';')) {
                break;
            }
        }
        in.end();
        return new SignalList(signals);
    }
}
