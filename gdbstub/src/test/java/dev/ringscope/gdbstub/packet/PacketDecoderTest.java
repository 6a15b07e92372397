package dev.ringscope.gdbstub.packet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketDecoderTest {
    private static final int LIMIT = 64;

    /** What the decoder finds in these bytes, fed in pieces of {@code piece} bytes. */
    private static List<String> decode(String bytes, int piece) {
        List<String> found = new ArrayList<>();
        PacketDecoder decoder = new PacketDecoder(LIMIT, new PacketDecoder.Sink() {
            @Override
            public void packet(byte[] payload) {
                found.add("packet " + new String(payload, ISO_8859_1));
            }

            @Override
            public void malformed(String why) {
                found.add("malformed: " + why);
            }

            @Override
            public void damaged() {
                found.add("damaged");
            }

            @Override
            public void acknowledged() {
                found.add("+");
            }

            @Override
            public void refused() {
                found.add("-");
            }

            @Override
            public void interrupt() {
                found.add("interrupt");
            }
        });
        byte[] all = bytes.getBytes(ISO_8859_1);
        for (int i = 0; i < all.length; i += piece) {
            decoder.feed(all, i, Math.min(piece, all.length - i));
        }
        return found;
    }

    private static String framed(String raw) {
        int sum = raw.chars().sum() & 0xff;
        return "$" + raw + "#%02x".formatted(sum);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "$#00           | packet ",
                "$OK#9a         | packet OK",
                "$OK#9A         | packet OK",
                "$OK#9b         | damaged",
                "$OK#zz         | damaged",
                "$a$OK#9a       | packet OK",
                "noise$OK#9a    | packet OK",
                "%Stop:T05#aa   | ''",
            })
    void finds_packets(String bytes, String expected) {
        List<String> found = decode(bytes, 1);
        assertThat(String.join(",", found).trim())
                .isEqualTo(expected.replace("'", "").trim());
    }

    @Test
    void finds_the_same_whatever_the_pieces() {
        String bytes = "+" + framed("g") + "-\u0003" + framed("m0,4") + "$half";
        List<String> expected = List.of("+", "packet g", "-", "interrupt", "packet m0,4");
        for (int piece = 1; piece < bytes.length(); piece++) {
            assertThat(decode(bytes, piece)).isEqualTo(expected);
        }
    }

    @Test
    void undoes_escapes_of_every_special_byte() {
        assertThat(decode(framed("X}\u0003}\u0004}]}\n."), 3)).containsExactly("packet X#$}*.");
    }

    @Test
    void takes_byte_3_inside_a_packet_for_data() {
        assertThat(decode(framed("X\u0003"), 3)).containsExactly("packet X\u0003");
    }

    @Test
    void expands_runs() {
        assertThat(decode(framed("0* "), 9)).containsExactly("packet 0000");
        assertThat(decode(framed("x0*\"1"), 9)).containsExactly("packet x0000001");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*a|behind a byte to repeat",
                "0*|run length",
                "0*!*~*~|once runs are expanded",
                "ab}|expected a byte after"
            })
    void reports_what_cannot_be_decoded(String raw, String why) {
        assertThat(decode(framed(raw), 5))
                .singleElement()
                .asString()
                .startsWith("malformed")
                .contains(why);
    }

    @Test
    void reports_a_packet_above_the_limit_and_goes_on() {
        assertThat(decode(framed("a".repeat(LIMIT)) + framed("a".repeat(LIMIT + 1)) + framed("g"), 7))
                .containsExactly("packet " + "a".repeat(LIMIT), "malformed: packet longer than 64 bytes", "packet g");
    }
}
