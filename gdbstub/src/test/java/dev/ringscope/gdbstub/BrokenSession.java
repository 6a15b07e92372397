package dev.ringscope.gdbstub;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * What a client really sent ({@code sessions/*.txt}: one packet a line, {@code \xNN} for a byte), with damage done to
 * it that knows the protocol.
 */
final class BrokenSession {
    private static final Pattern ESCAPED = Pattern.compile("\\\\x([0-9a-f]{2})");

    private static final String[] HUGE = {"ffffffffffffffff", "7fffffff", "80000000", "100000000", "10001", "0"};

    private final Random random;
    private final List<String> packets;

    private BrokenSession(Random random, List<String> packets) {
        this.random = random;
        this.packets = packets;
    }

    /** @param name of a file in {@code sessions} */
    static BrokenSession of(String name, Random random) {
        try (InputStream in = BrokenSession.class.getResourceAsStream("/sessions/" + name)) {
            List<String> packets = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), ISO_8859_1).split("\n")) {
                packets.add(ESCAPED.matcher(line)
                        .replaceAll(m -> Character.toString((char) Integer.parseInt(m.group(1), 16))
                                .replace("\\", "\\\\")
                                .replace("$", "\\$")));
            }
            return new BrokenSession(random, packets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> packets() {
        return packets;
    }

    /** The whole session as bytes, one packet in {@code oneIn} of it damaged. */
    byte[] bytes(int oneIn) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String packet : packets) {
            byte[] frame = random.nextInt(oneIn) == 0 ? damaged(packet) : frame(packet, 0);
            out.writeBytes(frame);
            if (random.nextInt(10) == 0) {
                out.writeBytes("+-\u0003%$".substring(random.nextInt(5)).getBytes(ISO_8859_1));
            }
        }
        return out.toByteArray();
    }

    private byte[] damaged(String packet) {
        return switch (random.nextInt(8)) {
            case 0 -> frame(packet, 1 + random.nextInt(255));
            case 1 -> cut(frame(packet, 0));
            case 2 -> frame(withNumber(packet), 0);
            case 3 -> frame(packet.substring(0, random.nextInt(packet.length() + 1)), 0);
            case 4 -> frame(packet + packets.get(random.nextInt(packets.size())), 0);
            case 5 -> raw(packet + "*~".repeat(random.nextInt(3000)));
            case 6 -> raw("*" + (char) random.nextInt(256) + packet + "}");
            default -> frame(withByte(packet), 0);
        };
    }

    /** One of the numbers in the packet, or what looks like one, becomes another. */
    private String withNumber(String packet) {
        String[] parts = packet.split("(?<=[,:;.=])", -1);
        int which = random.nextInt(parts.length);
        parts[which] = parts[which].replaceFirst("[0-9a-f]+", HUGE[random.nextInt(HUGE.length)]);
        return String.join("", parts);
    }

    private String withByte(String packet) {
        int at = random.nextInt(packet.length() + 1);
        return packet.substring(0, at) + (char) random.nextInt(256) + packet.substring(at);
    }

    private byte[] cut(byte[] frame) {
        byte[] start = new byte[random.nextInt(frame.length)];
        System.arraycopy(frame, 0, start, 0, start.length);
        return start;
    }

    /** @param error what is added to the checksum: 0 for the right one */
    static byte[] frame(String payload, int error) {
        StringBuilder escaped = new StringBuilder();
        for (char c : payload.toCharArray()) {
            escaped.append("$#}*".indexOf(c) < 0 ? Character.toString(c) : "}" + (char) (c ^ 0x20));
        }
        return checked(escaped.toString(), error);
    }

    /** Nothing is escaped: runs are runs. */
    private static byte[] raw(String payload) {
        return checked(payload.replace("#", "").replace("$", ""), 0);
    }

    private static byte[] checked(String text, int error) {
        int sum = text.chars().sum() + error & 0xff;
        return ("$" + text + "#%02x".formatted(sum)).getBytes(ISO_8859_1);
    }
}
