package dev.ringscope.trace.export.parquet;

/** What a column holds. */
public enum Type {
    /** From 0 to 2^63 - 1, or with a sign. */
    INT64(2, 0, -1),
    /** Without a sign: an address, a register. */
    UINT64(2, 64, 14),
    /** From 0 to 2^31 - 1, or with a sign. */
    INT32(1, 0, -1),
    /** From 0 to 255. */
    UINT8(1, 8, 11),
    /** From 0 to 65535. */
    UINT16(1, 16, 12),
    BOOLEAN(0, 0, -1),
    STRING(6, 0, 0),
    BINARY(6, 0, -1);

    /** Number of the physical type. */
    final int physical;
    /** Of a number without a sign; else 0. */
    final int unsignedBits;
    /** What older readers know of it; -1 for nothing. */
    final int converted;

    Type(int physical, int unsignedBits, int converted) {
        this.physical = physical;
        this.unsignedBits = unsignedBits;
        this.converted = converted;
    }

    boolean isBytes() {
        return this == STRING || this == BINARY;
    }

    /** Bytes of a value of numbers. */
    int size() {
        return physical == 2 ? Long.BYTES : Integer.BYTES;
    }
}
