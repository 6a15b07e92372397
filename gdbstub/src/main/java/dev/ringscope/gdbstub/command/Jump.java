package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.OptionalLong;

/** The address that ends the old resume packets: where to go on, if not at the pc. */
record Jump(OptionalLong address) {
    /** Reads the rest of the packet. */
    static Jump read(PacketScanner in) {
        Jump jump = new Jump(in.atEnd() ? OptionalLong.empty() : OptionalLong.of(in.hex64()));
        in.end();
        return jump;
    }

    void apply(Session session) throws RefusedException {
        if (address.isPresent()) {
            Register pc = session.target().description().pc();
            session.continuingThread().registers().write(pc, pc.encode(address.getAsLong()));
        }
    }
}
