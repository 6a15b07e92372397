package dev.ringscope.emulator.x86;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The ELF file inside a Linux bzImage (Documentation/arch/x86/boot.rst: payload_offset and payload_length), unpacked
 * from LZ4's legacy frame: blocks of up to 8 MiB, each with its compressed size in front.
 */
final class KernelPayload {
    private static final int LEGACY_MAGIC = 0x184c_2102;
    private static final int BLOCK = 8 << 20;
    /** The kernel's build appends the unpacked size. */
    private static final int TRAILER = 4;

    private KernelPayload() {}

    static byte[] vmlinux(byte[] bzImage) {
        ByteBuffer image = ByteBuffer.wrap(bzImage).order(ByteOrder.LITTLE_ENDIAN);
        int start = (bzImage[0x1f1] + 1) * 512 + image.getInt(0x248);
        int end = start + image.getInt(0x24c) - TRAILER;
        if (image.getInt(start) != LEGACY_MAGIC) {
            throw new IllegalArgumentException("payload at 0x%x: expected LZ4's legacy magic 0x%x, found 0x%x"
                    .formatted(start, LEGACY_MAGIC, image.getInt(start)));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(4 * bzImage.length);
        byte[] block = new byte[BLOCK];
        for (int at = start + 4; at < end; ) {
            int size = image.getInt(at);
            int length = unpack(bzImage, at + 4, at + 4 + size, block);
            out.write(block, 0, length);
            at += 4 + size;
        }
        return out.toByteArray();
    }

    /** One block: sequences of literals and of copies from what is there already; returns its unpacked length. */
    private static int unpack(byte[] in, int from, int end, byte[] out) {
        int to = 0;
        for (int at = from; at < end; ) {
            int token = in[at++] & 0xff;
            int literals = token >> 4;
            if (literals == 15) {
                int more;
                do {
                    more = in[at++] & 0xff;
                    literals += more;
                } while (more == 255);
            }
            System.arraycopy(in, at, out, to, literals);
            at += literals;
            to += literals;
            if (at >= end) {
                break;
            }
            int distance = in[at] & 0xff | (in[at + 1] & 0xff) << 8;
            at += 2;
            int length = token & 15;
            if (length == 15) {
                int more;
                do {
                    more = in[at++] & 0xff;
                    length += more;
                } while (more == 255);
            }
            for (int n = 0; n < length + 4; n++, to++) {
                out[to] = out[to - distance]; // may overlap itself
            }
        }
        return to;
    }

    /** An ELF file's magic, for a check that the payload came out right. */
    static boolean isElf(byte[] file) {
        return Arrays.equals(Arrays.copyOf(file, 4), new byte[] {0x7f, 'E', 'L', 'F'});
    }
}
