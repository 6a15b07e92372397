package dev.ringscope.trace.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.Arrays;

/**
 * A Zstandard frame (RFC 8878) made by hand of bytes that are known to repeat themselves: the first ones compressed,
 * others as they are, and repetitions as blocks of one sequence each. Anybody's decompressor reads it; to make it takes
 * no time for what repeats itself, however long that is.
 */
final class RepeatingFrame {
    /** Magic number, and a descriptor that says: one segment, and four bytes of size. */
    private static final long START = 0xa0_fd2f_b528L;

    /** A block holds at most so many bytes when decompressed. */
    private static final int LARGEST = 1 << 17;

    /** A match has at least so many. */
    static final int SHORTEST = 3;

    private static final int RAW = 0;
    private static final int COMPRESSED = 2;

    /** Literals: none. Sequences: one, whose three tables consist of one code each. */
    private static final int[] ONE_SEQUENCE = {0x00, 0x01, 0x54};

    /** Codes of a match's length (RFC 8878, table 16) from this on have a bit more each, and begin at 2^bits + 3. */
    private static final int REGULAR_LENGTHS = 43;

    private static final int FIRST_REGULAR = 131;
    /** Where the codes from 32 to 42 begin, and how many more bits they have. */
    private static final int[] STARTS = {35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99};

    private static final int[] BITS = {1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5};

    private final WireOutput out = new WireOutput(1 << 10);
    private int lastBlock;

    /** Begins a frame. @param size bytes that it decompresses to */
    void start(int size) {
        out.clear();
        for (int i = 0; i < 5; i++) {
            out.put((int) (START >>> 8 * i));
        }
        out.fixed32(size);
    }

    /** The first bytes: the blocks of a frame of their own, which may lean on nothing in front of them. */
    void first(byte[] frame) {
        int descriptor = frame[4];
        boolean single = (descriptor & 0x20) != 0;
        int sizeBytes = new int[] {single ? 1 : 0, 2, 4, 8}[descriptor >>> 6 & 3];
        int at = 5 + (single ? 0 : 1) + sizeBytes;
        while (at < frame.length) {
            int header = frame[at] & 0xff | (frame[at + 1] & 0xff) << 8 | (frame[at + 2] & 0xff) << 16;
            int bytes = (header >>> 1 & 3) == 1 ? 1 : header >>> 3;
            lastBlock = out.size();
            out.bytes(frame, at, 3 + bytes);
            out.array()[lastBlock] &= ~1;
            at += 3 + bytes;
        }
    }

    /** Bytes as they are. */
    void plain(byte[] bytes, int from, int count) {
        for (int at = 0; at < count; at += LARGEST) {
            int length = Math.min(LARGEST, count - at);
            block(RAW, length);
            out.bytes(bytes, from + at, length);
        }
    }

    /** What lies so many bytes behind comes again for so many bytes, {@link #SHORTEST} or more. */
    void repeat(int distance, int count) {
        int left = count;
        while (left > LARGEST) {
            int length = left - LARGEST < SHORTEST ? LARGEST - SHORTEST : LARGEST;
            sequence(distance, length);
            left -= length;
        }
        sequence(distance, left);
    }

    private void sequence(int distance, int length) {
        int offset = distance + 3;
        int offsetBits = 31 - Integer.numberOfLeadingZeros(offset);
        int lengthCode = lengthCode(length);
        int lengthBits = lengthBits(lengthCode);
        int lengthRest = length - lengthStart(lengthCode);
        // Read from its end: a bit that marks it, the offset's bits, the length's.
        long bits = (1L << offsetBits | offset - (1 << offsetBits)) << lengthBits | lengthRest;
        int bitBytes = (64 - Long.numberOfLeadingZeros(bits) + 7) / 8;
        block(COMPRESSED, ONE_SEQUENCE.length + 3 + bitBytes);
        for (int b : ONE_SEQUENCE) {
            out.put(b);
        }
        out.put(0); // no literals in front of the match
        out.put(offsetBits);
        out.put(lengthCode);
        for (int i = 0; i < bitBytes; i++) {
            out.put((int) (bits >>> 8 * i));
        }
    }

    private static int lengthCode(int length) {
        if (length < STARTS[0]) {
            return length - 3;
        }
        if (length >= FIRST_REGULAR) {
            return REGULAR_LENGTHS + 24 - Integer.numberOfLeadingZeros(length - 3);
        }
        int n = Arrays.binarySearch(STARTS, length);
        return 32 + (n >= 0 ? n : -n - 2);
    }

    private static int lengthBits(int code) {
        return code >= REGULAR_LENGTHS ? code - REGULAR_LENGTHS + 7 : code >= 32 ? BITS[code - 32] : 0;
    }

    private static int lengthStart(int code) {
        return code >= REGULAR_LENGTHS ? (1 << lengthBits(code)) + 3 : code >= 32 ? STARTS[code - 32] : code + 3;
    }

    private void block(int type, int size) {
        lastBlock = out.size();
        int header = type << 1 | size << 3;
        for (int i = 0; i < 3; i++) {
            out.put(header >>> 8 * i);
        }
    }

    /** The whole frame. */
    ByteString finish() {
        out.array()[lastBlock] |= 1;
        return UnsafeByteOperations.unsafeWrap(Arrays.copyOf(out.array(), out.size()));
    }
}
