package dev.ringscope.trace.format;

import com.google.protobuf.ByteString;
import java.util.Arrays;

/** Bytes of a column, parts of which come again and again: those are written once. */
final class RepeatingColumn {
    /** With more than this between repetitions a column is written out, and Zstandard finds them. */
    private static final int BETWEEN = 1 << 12;

    private final WireOutput told = new WireOutput(1 << 12);
    private final WireOutput whole = new WireOutput(1 << 12);
    private final RepeatingFrame frame = new RepeatingFrame();
    /** Of each repetition: behind how many bytes of {@link #told}, how long what comes again is, how often it does. */
    private int[] places = new int[16];

    private int[] lengths = new int[16];
    private int[] times = new int[16];
    private int repeats;
    private int size;

    void clear() {
        told.clear();
        repeats = 0;
        size = 0;
    }

    /** Where bytes are to be added. */
    WireOutput out() {
        return told;
    }

    /** The last bytes come again. */
    void again(int length, int often) {
        if (repeats == places.length) {
            places = Arrays.copyOf(places, 2 * repeats);
            lengths = Arrays.copyOf(lengths, 2 * repeats);
            times = Arrays.copyOf(times, 2 * repeats);
        }
        places[repeats] = told.size();
        lengths[repeats] = length;
        times[repeats++] = often;
        size = Math.addExact(size, Math.multiplyExact(length, often));
    }

    /** Bytes in all. */
    int size() {
        return Math.addExact(told.size(), size);
    }

    /** All bytes, written out; valid until the next call. */
    WireOutput whole() {
        if (repeats == 0) {
            return told;
        }
        whole.clear();
        int from = 0;
        for (int i = 0; i < repeats; i++) {
            whole.bytes(told.array(), from, places[i] - from);
            from = places[i];
            for (int n = 0; n < times[i]; n++) {
                whole.bytes(told.array(), places[i] - lengths[i], lengths[i]);
            }
        }
        whole.bytes(told.array(), from, told.size() - from);
        return whole;
    }

    ByteString compress(Compressor compressor) {
        if (repeats == 0 || told.size() - places[0] > BETWEEN) {
            WireOutput all = whole();
            return compressor.compress(all.array(), 0, all.size());
        }
        frame.start(size());
        frame.first(compressor.compress(told.array(), 0, places[0]).toByteArray());
        for (int i = 0; i < repeats; i++) {
            frame.repeat(lengths[i], lengths[i] * times[i]);
            int to = i + 1 < repeats ? places[i + 1] : told.size();
            frame.plain(told.array(), places[i], to - places[i]);
        }
        return frame.finish();
    }
}
