package dev.ringscope.emulator.user;

/** Bytes that are the same in every run (SplitMix64, Steele, Lea and Flood 2014). */
final class RandomBytes {
    private long state = 0x5269_6e67;

    byte[] next(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            state += 0x9e37_79b9_7f4a_7c15L;
            long z = (state ^ state >>> 30) * 0xbf58_476d_1ce4_e5b9L;
            z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
            bytes[i] = (byte) (z >>> 40);
        }
        return bytes;
    }
}
