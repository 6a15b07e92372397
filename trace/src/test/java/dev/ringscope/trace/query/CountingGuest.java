package dev.ringscope.trace.query;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** A guest that runs for long and does little: it counts in memory, by calls. */
public final class CountingGuest {
    /** Physical and linear address of the counter, and of memory that nobody writes. */
    public static final int COUNTER = 0x2_0000, UNTOUCHED = 0x3_0000;

    private static final int ROUNDS = 160_000;
    private static final int STACK = 0x4_0000;

    private CountingGuest() {}

    /** Some hundred thousand instructions; six for each round. */
    public static Path record(Path file) throws IOException {
        ByteBuffer code = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        code.put((byte) 0xbc).putInt(STACK); // mov esp
        code.put((byte) 0xb9).putInt(ROUNDS); // mov ecx
        code.put(new byte[] {(byte) 0xe8, 5, 0, 0, 0}); // call the function
        code.put(new byte[] {0x49, 0x75, (byte) 0xf8}); // dec ecx; jnz to the call
        code.put(new byte[] {(byte) 0x90, (byte) 0xf4}); // nop; hlt
        code.put(new byte[] {(byte) 0xff, 0x05}).putInt(COUNTER); // inc dword
        code.put((byte) 0x50).put((byte) 0x58).put((byte) 0xc3); // push eax; pop eax; ret
        byte[] bytes = new byte[code.position()];
        code.flip().get(bytes);
        PagedGuest.record(file, bytes, 200_000, 1_000_000).close();
        return file;
    }
}
