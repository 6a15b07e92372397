package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

/**
 * Tokens for the next page of a list (AIP-158): where it begins, bound to the question and to what is asked by a hash
 * of both. They hold nothing secret and need nothing kept in the server.
 */
final class PageToken {
    static final int CUSTOMARY_SIZE = 1000;

    private static final byte VERSION = 1;
    private static final int HASH = 16;
    private static final int SIZE = 1 + HASH + 3 * Long.BYTES;

    /**
     * Where a page begins.
     *
     * @param from the position at which the list is to begin
     * @param skip items of that list that belong to pages before
     * @param given items on all pages before
     */
    record Start(long from, long skip, long given) {}

    private final byte[] bound;

    /**
     * @param question the request without what changes from page to page
     * @param asked tells what is asked from others, and from itself before it changed
     */
    PageToken(Message question, ByteString asked) {
        MessageDigest hash = TraceDigest.sha256();
        hash.update(question.getDescriptorForType().getFullName().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        hash.update(deterministic(question));
        hash.update(asked.toByteArray());
        bound = hash.digest();
    }

    private static byte[] deterministic(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The token; "" if there is no next page. */
    String text(Start start) {
        if (start == null) {
            return "";
        }
        ByteBuffer token = ByteBuffer.allocate(SIZE).put(VERSION).put(hash(start));
        token.putLong(start.from).putLong(start.skip).putLong(start.given);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
    }

    /**
     * @param text a token; "" for the first page
     * @return null for the first page
     * @throws Refusal if it is none, or belongs to something else
     */
    Start read(String text) {
        if (text.isEmpty()) {
            return null;
        }
        ByteBuffer token;
        try {
            token = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw Refusal.pageToken("is none that this server gave");
        }
        if (token.remaining() != SIZE || token.get() != VERSION) {
            throw Refusal.pageToken("is none that this server gave");
        }
        byte[] hash = new byte[HASH];
        token.get(hash);
        Start start = new Start(token.getLong(), token.getLong(), token.getLong());
        if (!Arrays.equals(hash, hash(start))) {
            throw Refusal.pageToken(
                    "belongs to another question, or the trace has changed since, or it is none that this server gave");
        }
        return start;
    }

    private byte[] hash(Start start) {
        MessageDigest hash = TraceDigest.sha256();
        hash.update(bound);
        hash.update(ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(start.from)
                .putLong(start.skip)
                .putLong(start.given)
                .flip());
        return Arrays.copyOf(hash.digest(), HASH);
    }
}
