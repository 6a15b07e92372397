package dev.ringscope.trace.query;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** A guest of which two instructions repeat themselves: STOSD upwards, MOVSB downwards. */
public final class RepeatingGuest {
    /** Positions of the two. */
    public static final long STORES = 3, MOVES = 8;
    /** Elements of each. */
    public static final int STORED = 5_000, MOVED = 6_000;

    public static final int FROM = 0x2_0000, TO = 0x3_0000;

    private RepeatingGuest() {}

    public static Recording record(Path file) throws IOException {
        ByteBuffer code = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        code.put((byte) 0xb8).putInt(0x1234_5678); // mov eax
        code.put((byte) 0xb9).putInt(STORED); // mov ecx
        code.put((byte) 0xbf).putInt(FROM); // mov edi
        code.put(new byte[] {(byte) 0xf3, (byte) 0xab}); // rep stosd
        code.put((byte) 0xb9).putInt(MOVED); // mov ecx
        code.put((byte) 0xbe).putInt(FROM + MOVED - 1); // mov esi
        code.put((byte) 0xbf).putInt(TO + MOVED - 1); // mov edi
        code.put((byte) 0xfd); // std
        code.put(new byte[] {(byte) 0xf3, (byte) 0xa4}); // rep movsb
        code.put(new byte[] {(byte) 0x90, (byte) 0x90, (byte) 0xf4}); // nop; nop; hlt
        byte[] bytes = new byte[code.position()];
        code.flip().get(bytes);
        PagedGuest.record(file, bytes, 1000, 1000).close();
        return Recording.open(file);
    }
}
