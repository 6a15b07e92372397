package dev.ringscope.trace.format;

/** The sorts of packets, by their field number in {@code Packet}. */
public enum PacketKind {
    HEADER(1),
    CHUNK(2),
    CHECKPOINT(3),
    PAGES(4),
    CHUNK_INDEX(5),
    INDEX(6),
    TRAILER(7),
    /** Of a later version; skipped. */
    UNKNOWN(0);

    /** Longest packet, in bytes behind the length. */
    public static final int MAX_BYTES = 1 << 26;

    /** Bytes of the CRC field at the end of each packet: its tag and the CRC. */
    static final int CRC_BYTES = 5;

    static final int CRC_TAG = 0x7d;
    static final int PACKET_TAG = 0x0a;

    final int field;

    PacketKind(int field) {
        this.field = field;
    }

    static PacketKind of(int field) {
        for (PacketKind kind : values()) {
            if (kind.field == field) {
                return kind;
            }
        }
        return UNKNOWN;
    }
}
