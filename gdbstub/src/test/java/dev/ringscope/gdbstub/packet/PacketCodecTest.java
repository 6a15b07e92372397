package dev.ringscope.gdbstub.packet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketCodecTest {
    @Test
    void frames_with_the_checksum_of_the_gdb_manual() {
        assertThat(PacketCodec.frame("OK".getBytes(ISO_8859_1)))
                .asString(ISO_8859_1)
                .isEqualTo("$OK#9a");
        assertThat(PacketCodec.frame(new byte[0])).asString(ISO_8859_1).isEqualTo("$#00");
    }

    @Test
    void escapes_whatever_has_a_meaning() {
        assertThat(PacketCodec.frame("#$}*".getBytes(ISO_8859_1)))
                .asString(ISO_8859_1)
                .startsWith("$}\u0003}\u0004}]}\n#");
    }

    @Test
    void undoes_what_it_has_done() {
        Random random = new Random(7);
        for (int length = 0; length < 500; length++) {
            byte[] payload = new byte[length];
            random.nextBytes(payload);
            byte[] frame = PacketCodec.frame(payload);
            byte[] raw = Arrays.copyOfRange(frame, 1, frame.length - 3);
            assertThat(PacketCodec.decode(raw, raw.length, 1000)).isEqualTo(payload);
        }
    }

    @Test
    void codes_runs_but_never_with_a_character_that_has_a_meaning() {
        assertThat(PacketCodec.frame("0000".getBytes(ISO_8859_1)))
                .asString(ISO_8859_1)
                .isEqualTo("$0* #7a");
        assertThat(PacketCodec.frame("000".getBytes(ISO_8859_1)))
                .asString(ISO_8859_1)
                .isEqualTo("$000#90");
        for (char c : new char[] {'0', '#', '*', '+', 0, 0xff}) {
            for (int length = 0; length < 300; length++) {
                byte[] payload = ("x" + Character.toString(c).repeat(length) + "y").getBytes(ISO_8859_1);
                byte[] frame = PacketCodec.frame(payload);
                byte[] raw = Arrays.copyOfRange(frame, 1, frame.length - 3);
                assertThat(raw).as("%d of %x", length, (int) c).doesNotContain('#', '$');
                assertThat(PacketCodec.decode(raw, raw.length, 1000)).isEqualTo(payload);
            }
        }
    }
}
