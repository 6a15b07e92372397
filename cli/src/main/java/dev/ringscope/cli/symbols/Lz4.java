package dev.ringscope.cli.symbols;

import dev.ringscope.emulator.boot.BadImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Decompresses the "legacy" LZ4 frame that the Linux kernel's build makes: a magic number, then blocks of at most 8
 * MiB, each behind its compressed size. LZ4 Frame Format Description, "Legacy frame", and LZ4 Block Format Description.
 */
final class Lz4 {
    static final int MAGIC = 0x184c2102;
    private static final int BLOCK = 8 << 20;
    private static final int SHORTEST_MATCH = 4;

    private final String file;
    private final ByteBuffer in;
    private final byte[] block = new byte[BLOCK];
    private int at;
    private int filled;

    private Lz4(String file, ByteBuffer in) {
        this.file = file;
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * @param from of the magic number
     * @param to behind the last block; four bytes that may follow it (the size of it all) are no block
     */
    static byte[] decompress(String file, ByteBuffer in, int from, int to) {
        Lz4 lz4 = new Lz4(file, in);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        lz4.at = from + 4;
        while (lz4.at + 4 < to) {
            int size = in.getInt(lz4.at);
            lz4.at += 4;
            lz4.expect(size > 0 && size <= to - lz4.at, "a block that ends in front of 0x%x".formatted(to));
            lz4.block(lz4.at + size);
            out.write(lz4.block, 0, lz4.filled);
        }
        return out.toByteArray();
    }

    private void expect(boolean condition, String what) {
        if (!condition) {
            throw new BadImage(file, at, "expected LZ4 data: " + what);
        }
    }

    private void block(int end) {
        filled = 0;
        while (at < end) {
            int token = in.get(at++) & 0xff;
            literals(length(token >> 4, end), end);
            if (at == end) {
                return; // the last sequence has no match
            }
            expect(at + 2 <= end, "an offset of two bytes");
            int distance = in.getShort(at) & 0xffff;
            at += 2;
            match(distance, length(token & 15, end) + SHORTEST_MATCH);
        }
    }

    private int length(int first, int end) {
        int length = first;
        for (int more = first == 15 ? 255 : 0; more == 255; length += more) {
            expect(at < end && length <= BLOCK, "a length that ends");
            more = in.get(at++) & 0xff;
        }
        return length;
    }

    private void literals(int length, int end) {
        expect(length <= end - at && length <= BLOCK - filled, "%d literal bytes".formatted(length));
        in.get(at, block, filled, length);
        at += length;
        filled += length;
    }

    private void match(int distance, int length) {
        expect(distance > 0 && distance <= filled && length <= BLOCK - filled, "a match inside the block");
        for (int i = 0; i < length; i++, filled++) {
            block[filled] = block[filled - distance]; // byte by byte: a match may overlap what it makes
        }
    }
}
