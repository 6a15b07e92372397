package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.Memory;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.packet.Hex;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.Arrays;

/** {@code qSearch:memory:addr;length;pattern}: gdb's {@code find}, without the memory going over the wire. */
record QSearchMemory(long address, long length, byte[] pattern) implements Command {
    /** Longer ranges are refused rather than keeping the client waiting. */
    private static final long LONGEST = 1L << 32;

    private static final int PIECE = 1 << 16;

    static Command read(PacketScanner in) {
        long address = in.hex64();
        long length = in.expect(';').hex64();
        byte[] pattern = in.expect(';').rest();
        if (pattern.length == 0) {
            throw in.expected("a pattern");
        }
        return new QSearchMemory(address, length, pattern);
    }

    static void checkLength(long length) throws RefusedException {
        if (length < 0 || length > LONGEST) {
            throw new RefusedException("a length of 0x" + Hex.of(length) + " is above 0x" + Hex.of(LONGEST));
        }
    }

    @Override
    public Reply answer(Session session) throws RefusedException {
        checkLength(length);
        Memory memory = session.memory();
        // Pieces overlap by all of the pattern but one byte, so that a match across their border is seen.
        byte[] piece = new byte[PIECE + pattern.length - 1];
        for (long done = 0; done + pattern.length <= length; done += PIECE) {
            int want = (int) Math.min(piece.length, length - done);
            int n = memory.read(address + done, piece, 0, want);
            int found = find(piece, n);
            if (found >= 0) {
                return Reply.text("1," + Hex.of(address + done + found));
            }
            if (n < want) {
                throw new RefusedException("no memory at 0x" + Hex.of(address + done + n));
            }
        }
        return Reply.text("0");
    }

    private int find(byte[] piece, int length) {
        for (int i = 0; i + pattern.length <= length; i++) {
            if (piece[i] == pattern[0] && Arrays.equals(piece, i, i + pattern.length, pattern, 0, pattern.length)) {
                return i;
            }
        }
        return -1;
    }
}
