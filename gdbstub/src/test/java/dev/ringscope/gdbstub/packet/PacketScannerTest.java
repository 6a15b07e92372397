package dev.ringscope.gdbstub.packet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PacketScannerTest {
    private static PacketScanner in(String payload) {
        return new PacketScanner(payload.getBytes(ISO_8859_1), 1);
    }

    @Test
    void reads_numbers_of_all_64_bits() {
        assertThat(in("mffffffffffffffff").hex64()).isEqualTo(-1);
        assertThat(in("m000000000000000000000010").hex64()).isEqualTo(16);
        assertThatThrownBy(() -> in("m1ffffffffffffffff").hex64()).hasMessageContaining("at most 64 bits");
        assertThatThrownBy(() -> in("m,4").hex64())
                .isInstanceOf(MalformedPacketException.class)
                .hasMessage("packet 'm,4': expected a hexadecimal number at offset 1");
    }

    @Test
    void bounds_numbers_and_lengths() {
        assertThat(in("m0,ffffffffffffffff").until(',')).isEqualTo("0");
        assertThat(in("mffffffffffffffff").lengthUpTo(100)).isEqualTo(100);
        assertThat(in("m8000000000000000").lengthUpTo(100)).isEqualTo(100);
        assertThat(in("m63").lengthUpTo(100)).isEqualTo(99);
        assertThatThrownBy(() -> in("m65").hex(100)).hasMessageContaining("up to 0x64");
        assertThatThrownBy(() -> in("mffffffffffffffff").hex(100)).hasMessageContaining("up to 0x64");
    }

    @Test
    void reads_bytes() {
        assertThat(in("m0aFf;").hexBytes()).containsExactly(10, 0xff);
        assertThatThrownBy(() -> in("m0af").hexBytes()).hasMessageContaining("another hexadecimal digit at offset 4");
        assertThatThrownBy(() -> in("m0a").hexBytes(2)).hasMessageContaining("2 bytes");
        assertThatThrownBy(() -> in("m0x").hexBytes(1)).hasMessageContaining("two hexadecimal digits");
        assertThatThrownBy(() -> in("mab").bytes(3)).hasMessageContaining("3 bytes");
        assertThat(in("m6162").hexText()).isEqualTo("ab");
    }

    @Test
    void shows_only_the_start_of_a_long_packet_and_no_odd_bytes() {
        assertThatThrownBy(() -> in("m\u0001" + "y".repeat(1000)).hex64())
                .hasMessage("packet 'm?" + "y".repeat(30) + "...': expected a hexadecimal number at offset 1");
    }
}
