package dev.ringscope.trace.service;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Resource names of traces: {@code traces/} and the file's name, in which bytes that are not unreserved in a URI (RFC
 * 3986, section 2.3) are written as %XX.
 */
final class TraceName {
    static final String COLLECTION = "traces/";
    private static final String UNRESERVED = "-._~";

    private TraceName() {}

    static String of(String fileName) {
        StringBuilder name = new StringBuilder(COLLECTION);
        for (byte b : fileName.getBytes(StandardCharsets.UTF_8)) {
            if (unreserved((char) (b & 0xff))) {
                name.append((char) b);
            } else {
                name.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return name.toString();
    }

    private static boolean unreserved(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || UNRESERVED.indexOf(c) >= 0;
    }

    /** The file's name; empty if a name is not what {@link #of} gives. It may still be no name of a file: "..". */
    static Optional<String> file(String name) {
        if (!name.startsWith(COLLECTION)) {
            return Optional.empty();
        }
        String id = name.substring(COLLECTION.length());
        ByteBuffer bytes = ByteBuffer.allocate(id.length());
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (unreserved(c)) {
                bytes.put((byte) c);
            } else if (c == '%' && i + 2 < id.length() && hex(id.charAt(i + 1)) && hex(id.charAt(i + 2))) {
                bytes.put((byte) HexFormat.fromHexDigits(id, i + 1, i + 3));
                i += 2;
            } else {
                return Optional.empty();
            }
        }
        try {
            String file =
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
            return of(file).equals(name) ? Optional.of(file) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean hex(char c) {
        return HexFormat.isHexDigit(c);
    }
}
