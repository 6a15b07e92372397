package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.Optional;

/** {@code qMemoryRegionInfo:addr}: lldb asks how far the mapping or gap at an address reaches. */
record QMemoryRegionInfo(long address) implements Command {
    static Command read(PacketScanner in) {
        long address = in.hex64();
        in.end();
        return new QMemoryRegionInfo(address);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        Optional<Memory.Region> region = session.memory().region(address);
        return region.map(r -> Reply.text("start:" + Hex.of(r.start()) + ";size:" + Hex.of(r.length()) + ";"
                        + (r.permissions().isEmpty() ? "" : "permissions:" + r.permissions() + ";")))
                .orElse(Reply.UNSUPPORTED);
    }
}
