package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;

/**
 * {@code qCRC:addr,length}: checksum of memory for {@code compare-sections}: CRC-32 with polynomial 0x04C11DB7, most
 * significant bit first, from all ones, not inverted at the end.
 */
record QCRC(long address, long length) implements Command {
    private static final int POLYNOMIAL = 0x04c11db7;
    private static final int PIECE = 1 << 16;
    private static final int[] TABLE = table();

    static Command read(PacketScanner in) {
        long address = in.hex64();
        long length = in.expect(',').hex64();
        in.end();
        return new QCRC(address, length);
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        QSearchMemory.checkLength(length);
        Memory memory = session.memory();
        byte[] piece = new byte[(int) Math.min(PIECE, length)];
        int crc = ~0;
        for (long done = 0; done < length; ) {
            int want = (int) Math.min(piece.length, length - done);
            int n = memory.read(address + done, piece, 0, want);
            if (n < want) {
                throw new RefusedException("no memory at 0x" + Hex.of(address + done + n));
            }
            for (int i = 0; i < n; i++) {
                crc = crc << 8 ^ TABLE[(crc >>> 24 ^ piece[i]) & 0xff];
            }
            done += n;
        }
        return Reply.text("C" + Hex.of(crc & 0xffffffffL));
    }

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i << 24;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc << 1 ^ (crc < 0 ? POLYNOMIAL : 0);
            }
            table[i] = crc;
        }
        return table;
    }
}
