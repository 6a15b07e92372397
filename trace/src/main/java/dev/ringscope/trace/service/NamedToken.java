package dev.ringscope.trace.service;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

/**
 * Tokens for the next page of a list of resources: the last name of the page before, with a hash of the list asked for.
 */
final class NamedToken {
    private static final int HASH = 8;

    private NamedToken() {}

    /** @param list what tells this list from others */
    static String text(String lastName, ByteString list) {
        byte[] name = lastName.getBytes(StandardCharsets.UTF_8);
        byte[] token = Arrays.copyOf(hash(name, list), HASH + name.length);
        System.arraycopy(name, 0, token, HASH, name.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /** The last name of the page before; "" for the first page. */
    static String read(String text, ByteString list) {
        if (text.isEmpty()) {
            return "";
        }
        try {
            byte[] token = Base64.getUrlDecoder().decode(text);
            if (token.length > HASH) {
                byte[] name = Arrays.copyOfRange(token, HASH, token.length);
                if (Arrays.equals(hash(name, list), Arrays.copyOf(token, HASH))) {
                    return new String(name, StandardCharsets.UTF_8);
                }
            }
        } catch (IllegalArgumentException e) {
            // refused below
        }
        throw Refusal.pageToken("is none that this server gave for this list");
    }

    private static byte[] hash(byte[] name, ByteString list) {
        MessageDigest hash = TraceDigest.sha256();
        hash.update(name);
        hash.update(list.toByteArray());
        return Arrays.copyOf(hash.digest(), HASH);
    }
}
