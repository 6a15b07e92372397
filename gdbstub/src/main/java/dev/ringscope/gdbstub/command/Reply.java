package dev.ringscope.gdbstub.command;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The answer to a packet: a payload before escaping, or nothing at all. */
record Reply(Optional<byte[]> payload) {
    static final Reply OK = text("OK");
    /** The packet, or what it asks for, is not supported. */
    static final Reply UNSUPPORTED = text("");
    /** No answer, as {@code k} wants it. */
    static final Reply NONE = new Reply(Optional.empty());

    /** Each character is one byte. */
    static Reply text(String text) {
        return bytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static Reply bytes(byte[] payload) {
        return new Reply(Optional.of(payload));
    }
}
