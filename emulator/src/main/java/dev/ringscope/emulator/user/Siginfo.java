package dev.ringscope.emulator.user;

import dev.ringscope.emulator.user.Signals.Pending;
import java.nio.ByteBuffer;

/** {@code siginfo_t} of x86-64 and of i386 (Linux include/uapi/asm-generic/siginfo.h): 128 bytes, little-endian. */
final class Siginfo {
    private Siginfo() {}

    /** @param wide for 64-bit code */
    static byte[] of(Pending signal, boolean wide) {
        ByteBuffer b = UserMemory.zeros(ProcessPage.SIGINFO_SIZE);
        b.putInt(0, signal.signal()).putInt(8, signal.code());
        if (wide) {
            b.putLong(16, signal.value()).putLong(24, signal.data());
        } else {
            b.putInt(12, (int) signal.value()).putInt(20, (int) signal.data());
        }
        return b.array();
    }
}
