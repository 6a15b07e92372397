package dev.ringscope.trace.export.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A column of a table: what it holds in the rows since the last row group. Strings and bytes are always written by a
 * dictionary, numbers if few different ones are there; what ascends by differences.
 */
public final class Column {
    static final int PLAIN = 0, RLE = 3, DELTA_BINARY_PACKED = 5, RLE_DICTIONARY = 8;
    /** Of numbers; of strings the row group ends with it. */
    private static final int LARGEST_DICTIONARY = 1 << 12;

    final String name;
    final Type type;
    final boolean optional;
    private final boolean ascending;
    private long[] values = new long[1 << 10];
    private int[] levels = new int[1 << 10];
    private int count;
    private int filled;
    private int rows;

    private final Map<ByteBuffer, Integer> known = new HashMap<>();
    private final Map<String, Integer> knownText = new HashMap<>();
    private final ByteArrayOutputStream dictionary = new ByteArrayOutputStream();
    private byte[] least;
    private byte[] greatest;

    Column(String name, Type type, boolean optional, boolean ascending) {
        this.name = name;
        this.type = type;
        this.optional = optional;
        this.ascending = ascending;
    }

    /** This row's value of a column of numbers. */
    public void put(long value) {
        if (type.isBytes() || type == Type.BOOLEAN) {
            throw new IllegalStateException(name + " holds no numbers");
        }
        add(value);
    }

    public void put(boolean value) {
        if (type != Type.BOOLEAN) {
            throw new IllegalStateException(name + " holds no booleans");
        }
        add(value ? 1 : 0);
    }

    public void put(String value) {
        Integer number = knownText.get(value);
        if (number == null) {
            number = number(value.getBytes(StandardCharsets.UTF_8), Type.STRING);
            knownText.put(value, number);
        }
        add(number);
    }

    public void put(byte[] value) {
        add(number(value, Type.BINARY));
    }

    private int number(byte[] value, Type expected) {
        if (type != expected) {
            throw new IllegalStateException(name + " is of type " + type);
        }
        Integer number = known.get(ByteBuffer.wrap(value));
        if (number == null) {
            byte[] own = value.clone();
            number = known.size();
            known.put(ByteBuffer.wrap(own), number);
            dictionary.writeBytes(number(own.length, Integer.BYTES));
            dictionary.writeBytes(own);
            least = least == null || Arrays.compareUnsigned(own, least) < 0 ? own : least;
            greatest = greatest == null || Arrays.compareUnsigned(own, greatest) > 0 ? own : greatest;
        }
        return number;
    }

    private void add(long value) {
        if (filled > rows) {
            throw new IllegalStateException(name + " has a value in this row already");
        }
        values = count == values.length ? Arrays.copyOf(values, 2 * count) : values;
        values[count++] = value;
        level(1);
    }

    private void level(int level) {
        levels = filled == levels.length ? Arrays.copyOf(levels, 2 * filled) : levels;
        levels[filled++] = level;
    }

    /** A row without a value of this column has none. */
    void endRow() {
        if (filled == rows) {
            if (!optional) {
                throw new IllegalStateException(name + " needs a value in every row");
            }
            level(0);
        }
        rows++;
    }

    /** How many bytes its dictionary has. */
    int dictionaryBytes() {
        return dictionary.size();
    }

    int nulls() {
        return rows - count;
    }

    /** As the least and greatest value are written in statistics; null if there is none. */
    byte[][] bounds() {
        if (count == 0) {
            return null;
        }
        if (type.isBytes()) {
            return new byte[][] {least, greatest};
        }
        long low = values[0];
        long high = values[0];
        for (int i = 1; i < count; i++) {
            boolean unsigned = type.unsignedBits > 0;
            low = (unsigned ? Long.compareUnsigned(values[i], low) : Long.compare(values[i], low)) < 0
                    ? values[i]
                    : low;
            high = (unsigned ? Long.compareUnsigned(values[i], high) : Long.compare(values[i], high)) > 0
                    ? values[i]
                    : high;
        }
        int size = type == Type.BOOLEAN ? 1 : type.size();
        return new byte[][] {number(low, size), number(high, size)};
    }

    private static byte[] number(long value, int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (value >>> Byte.SIZE * i);
        }
        return bytes;
    }

    /**
     * The values of a row group.
     *
     * @param dictionary null for none
     * @param entries of the dictionary
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Pages(byte[] dictionary, int entries, byte[] data, int encoding) {}

    /** What was put since the last time, which is forgotten. */
    Pages take() {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        if (optional) {
            ByteArrayOutputStream runs = new ByteArrayOutputStream();
            RunLengths.write(runs, levels, filled, 1);
            data.writeBytes(number(runs.size(), Integer.BYTES));
            data.writeBytes(runs.toByteArray());
        }
        Pages pages = pages(data);
        count = 0;
        rows = 0;
        filled = 0;
        known.clear();
        knownText.clear();
        dictionary.reset();
        least = null;
        greatest = null;
        return pages;
    }

    private Pages pages(ByteArrayOutputStream data) {
        if (type == Type.BOOLEAN) {
            BitPacking bits = new BitPacking(data);
            for (int i = 0; i < (count + 7) / 8 * 8; i++) {
                bits.put(i < count ? values[i] : 0, 1);
            }
            return new Pages(null, 0, data.toByteArray(), PLAIN);
        }
        if (type.isBytes()) {
            return byDictionary(data, known.size());
        }
        if (ascending) {
            Deltas.write(data, values, count);
            return new Pages(null, 0, data.toByteArray(), DELTA_BINARY_PACKED);
        }
        int entries = countNumbers();
        if (entries > 0) {
            return byDictionary(data, entries);
        }
        for (int i = 0; i < count; i++) {
            data.writeBytes(number(values[i], type.size()));
        }
        return new Pages(null, 0, data.toByteArray(), PLAIN);
    }

    /** Puts the numbers into the dictionary and their places there in their place, if few differ: 0 if not. */
    private int countNumbers() {
        Map<Long, Integer> numbers = new HashMap<>();
        for (int i = 0; i < count; i++) {
            numbers.putIfAbsent(values[i], numbers.size());
            if (numbers.size() > LARGEST_DICTIONARY) {
                return 0;
            }
        }
        long[] inOrder = new long[numbers.size()];
        numbers.forEach((value, number) -> inOrder[number] = value);
        for (long value : inOrder) {
            dictionary.writeBytes(number(value, type.size()));
        }
        for (int i = 0; i < count; i++) {
            values[i] = numbers.get(values[i]);
        }
        return inOrder.length;
    }

    private Pages byDictionary(ByteArrayOutputStream data, int entries) {
        int width = Math.max(1, BitPacking.width(Math.max(0, entries - 1)));
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (int) values[i];
        }
        data.write(width);
        RunLengths.write(data, numbers, count, width);
        return new Pages(dictionary.toByteArray(), entries, data.toByteArray(), RLE_DICTIONARY);
    }
}
