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
        return region.map(QMemoryRegionInfo::reply).orElse(Reply.UNSUPPORTED);
    }

    private static Reply reply(Memory.Region region) {
        boolean reachesTop = region.start() + region.length() == 0;
        // lldb 14 looks for room for ever if a gap ends at 2^64, which it takes for 0.
        long length = reachesTop && region.length() != 1 ? region.length() - 1 : region.length();
        String permissions = region.permissions().isEmpty() ? "" : "permissions:" + region.permissions() + ";";
        return Reply.text("start:" + Hex.of(region.start()) + ";size:" + Hex.of(length) + ";" + permissions);
    }
}
