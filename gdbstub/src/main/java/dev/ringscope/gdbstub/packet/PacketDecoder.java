package dev.ringscope.gdbstub.packet;

import java.util.Arrays;

/**
 * Cuts the bytes that a client sends into packets: {@code $payload#checksum}, with <code>}</code> escapes and
 * run-length coding undone, and the acknowledgements and the interrupt byte between packets.
 *
 * <p>Bytes may come in pieces of any size. Nothing that a client sends makes this throw or grow beyond the limit.
 */
public final class PacketDecoder {
    private static final int INTERRUPT = 0x03;

    /** Who is told what was found, in order. */
    public interface Sink {
        /** A whole packet with the right checksum. */
        void packet(byte[] payload);

        /** A packet with the right framing and checksum that cannot be decoded, or is longer than the limit. */
        void malformed(String why);

        /** A packet whose checksum is wrong. */
        void damaged();

        /** {@code +}. */
        void acknowledged();

        /** {@code -}. */
        void refused();

        /** Byte 3 outside a packet. */
        void interrupt();
    }

    private enum State {
        BETWEEN,
        PAYLOAD,
        FIRST_DIGIT,
        SECOND_DIGIT
    }

    private final int limit;
    private final Sink sink;
    private State state = State.BETWEEN;
    private byte[] raw = new byte[1024];
    private int length;
    private boolean tooLong;
    private int sum;
    private int firstDigit;
    private boolean notification;

    /** @param limit the longest payload, escapes included, in bytes */
    public PacketDecoder(int limit, Sink sink) {
        this.limit = limit;
        this.sink = sink;
    }

    public void feed(byte[] bytes, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            feed(bytes[i]);
        }
    }

    private void feed(byte b) {
        switch (state) {
            case BETWEEN -> between(b);
            case PAYLOAD -> payload(b);
            case FIRST_DIGIT -> {
                firstDigit = Hex.digit(b);
                state = State.SECOND_DIGIT;
            }
            case SECOND_DIGIT -> {
                state = State.BETWEEN;
                int second = Hex.digit(b);
                finish(firstDigit >= 0 && second >= 0 && (firstDigit << 4 | second) == (sum & 0xff));
            }
        }
    }

    private void between(byte b) {
        switch (b) {
            case '$' -> start(false);
            case '%' -> start(true);
            case '+' -> sink.acknowledged();
            case '-' -> sink.refused();
            case INTERRUPT -> sink.interrupt();
            // Line noise, which the protocol says to skip.
            default -> {}
        }
    }

    private void start(boolean asNotification) {
        state = State.PAYLOAD;
        notification = asNotification;
        length = 0;
        sum = 0;
        tooLong = false;
    }

    private void payload(byte b) {
        if (b == '#') {
            state = State.FIRST_DIGIT;
        } else if (b == '$') {
            // Never part of a payload: the sender has begun anew.
            start(false);
        } else {
            sum += b & 0xff;
            if (length == limit) {
                tooLong = true;
                return;
            }
            if (length == raw.length) {
                raw = Arrays.copyOf(raw, Math.min(limit, 2 * length));
            }
            raw[length++] = b;
        }
    }

    private void finish(boolean intact) {
        if (notification) {
            return;
        }
        if (!intact) {
            sink.damaged();
        } else if (tooLong) {
            sink.malformed("packet longer than " + limit + " bytes");
        } else {
            byte[] payload;
            try {
                payload = PacketCodec.decode(raw, length, limit);
            } catch (MalformedPacketException e) {
                sink.malformed(e.getMessage());
                return;
            }
            sink.packet(payload);
        }
    }
}
