package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Signal;
import dev.ringscope.gdbstub.packet.PacketScanner;

/** A signal in a packet, by gdb's number. */
record SignalNumber(int number) {
    static SignalNumber read(PacketScanner in) {
        return new SignalNumber(in.hex(0xff));
    }

    Signal signal() throws RefusedException {
        return Signal.ofNumber(number).orElseThrow(() -> new RefusedException("no signal number " + number));
    }
}
