package dev.ringscope.emulator.x86;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Decoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What CPUID offers is there, and what is not there it does not offer. */
class CpuidTest {
    private final BareProcessor p = BareProcessor.longMode(0);
    private final Cpuid cpuid = p.cpu.system.cpuid;

    private boolean offers(int leaf, String register, int bit) {
        Cpuid.Leaf answer = cpuid.leaf(leaf, 0);
        int value = switch (register) {
            case "ebx" -> answer.ebx();
            case "ecx" -> answer.ecx();
            default -> answer.edx();
        };
        return (value >>> bit & 1) != 0;
    }

    /** Columns: leaf, register, bit, bytes of an instruction that comes with the feature. */
    @ParameterizedTest
    @CsvSource({
        "1, edx, 0, d9 e8",
        "1, edx, 4, 0f 31",
        "1, edx, 5, 0f 32",
        "1, edx, 8, 0f c7 08",
        "1, edx, 11, 0f 34",
        "1, edx, 15, 0f 44 c1",
        "1, edx, 19, 0f ae 38",
        "1, edx, 23, 0f fc c1",
        "1, edx, 24, 0f ae 00",
        "1, edx, 25, 0f 58 c1",
        "1, edx, 26, f2 0f 58 c1",
        "1, ecx, 0, f2 0f d0 c1",
        "1, ecx, 1, 66 0f 3a 44 c1 00",
        "1, ecx, 3, 0f 01 c8",
        "1, ecx, 5, f3 0f c7 30",
        "1, ecx, 9, 0f 38 00 c1",
        "1, ecx, 12, c4 e2 f1 98 c1",
        "1, ecx, 13, 48 0f c7 08",
        "1, ecx, 19, 66 0f 38 17 c1",
        "1, ecx, 20, f2 0f 38 f1 c1",
        "1, ecx, 22, 0f 38 f0 00",
        "1, ecx, 23, f3 0f b8 c1",
        "1, ecx, 25, 66 0f 38 dc c1",
        "1, ecx, 26, 0f ae 20",
        "1, ecx, 28, c5 f0 58 c1",
        "1, ecx, 30, 0f c7 f0",
        "7, ebx, 0, f3 48 0f ae c0",
        "7, ebx, 3, c4 e2 78 f2 c1",
        "7, ebx, 10, 66 0f 38 82 00",
        "7, ebx, 18, 0f c7 f8",
        "7, ebx, 19, 66 0f 38 f6 c1",
        "7, ebx, 20, 0f 01 ca",
        "7, ebx, 23, 66 0f ae 38",
        "7, ebx, 29, 0f 38 c8 c1",
        "7, ecx, 22, f3 0f c7 f8",
        "80000001, ecx, 8, 0f 0d 08",
        "80000001, ecx, 5, f3 0f bd c1",
        "80000001, edx, 11, 0f 05",
        "80000001, edx, 27, 0f 01 f9"
    })
    void instructionIsThereExactlyIfOffered(String leaf, String register, int bit, String code) {
        byte[] bytes = HexFormat.of().parseHex(code.replace(" ", "") + "00000000000000000000");
        var instruction = new Decoder(X86Isa.table()).decode(at -> bytes[at] & 0xff, 0, 8);
        boolean withoutTheFeature =
                instruction.def == null || instruction.def.name().equals("bsr");
        assertThat(offers(Integer.parseUnsignedInt(leaf, 16), register, bit)).isEqualTo(!withoutTheFeature);
    }

    /** Columns: leaf, register, bit, bit of CR4 that the feature adds. */
    @ParameterizedTest
    @CsvSource({
        "1, edx, 1, 0",
        "1, edx, 2, 3",
        "1, edx, 3, 4",
        "1, edx, 4, 2",
        "1, edx, 7, 6",
        "1, edx, 13, 7",
        "1, edx, 24, 9",
        "1, edx, 25, 10",
        "1, ecx, 5, 13",
        "1, ecx, 6, 14",
        "1, ecx, 17, 17",
        "1, ecx, 26, 18",
        "7, ebx, 0, 16",
        "7, ebx, 7, 20",
        "7, ebx, 20, 21",
        "7, ecx, 2, 11",
        "7, ecx, 3, 22",
        "7, ecx, 16, 12",
        "7, ecx, 7, 23"
    })
    void cr4TakesABitExactlyIfItsFeatureIsOffered(int leaf, String register, int bit, int cr4) {
        p.cpu.r[X86Cpu.RAX] = p.cpu.cr4 | 1L << cr4;
        p.run("0f 22 e0");
        assertThat(p.outcome().equals("ok")).isEqualTo(offers(leaf, register, bit));
    }

    @Test
    void namesAreThoseOfARingscope() {
        assertThat(text(0, 1, 3, 2)).isEqualTo("GenuineIntel");
        assertThat(text(0x4000_0000, 1, 2, 3)).isEqualTo("RingscopeVM ");
        String brand = text(0x8000_0002, 0, 1, 2, 3) + text(0x8000_0003, 0, 1, 2, 3) + text(0x8000_0004, 0, 1, 2, 3);
        assertThat(brand.replace("\0", "")).isEqualTo("Ringscope x86-64");
    }

    private String text(int leaf, int... order) {
        Cpuid.Leaf answer = cpuid.leaf(leaf, 0);
        int[] words = {answer.eax(), answer.ebx(), answer.ecx(), answer.edx()};
        ByteBuffer bytes = ByteBuffer.allocate(4 * order.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : order) {
            bytes.putInt(words[word]);
        }
        return new String(bytes.array(), US_ASCII);
    }

    @Test
    void leavesBeyondTheHighestGiveTheHighestBasicOne() {
        assertThat(cpuid.leaf(0x16, 0)).isEqualTo(cpuid.leaf(0x15, 0));
        assertThat(cpuid.leaf(0x8000_0009, 0)).isEqualTo(cpuid.leaf(0x15, 0));
        assertThat(cpuid.leaf(0x15, 0)).isEqualTo(new Cpuid.Leaf(1, 1, 1_000_000_000, 0));
    }

    @Test
    void addressSizesAreTheWalkers() {
        assertThat(cpuid.leaf(0x8000_0008, 0).eax()).isEqualTo(0x3028);
    }

    @Test
    void answersFollowTheState() {
        assertThat(offers(1, "ecx", 27)).isFalse();
        p.cpu.cr4 |= X86Cpu.CR4_OSXSAVE;
        assertThat(offers(1, "ecx", 27)).isTrue();
        assertThat(BareProcessor.protectedMode(0)
                                        .cpu
                                        .system
                                        .cpuid
                                        .leaf(0x8000_0001, 0)
                                        .edx()
                                >>> 11
                        & 1)
                .isZero(); // SYSCALL exists in 64-bit code only
        p.cpu.system.msrs.write(0x1a0, Msrs.LIMIT_CPUID | Msrs.NX_DISABLE);
        assertThat(cpuid.leaf(0, 0).eax()).isEqualTo(2);
        assertThat(offers(0x8000_0001, "edx", 20)).isFalse();
    }

    @Test
    void theInstructionClearsTheUpperHalves() {
        for (int register = 0; register < 4; register++) {
            p.cpu.r[register] = -1L << 32;
        }
        p.run("0f a2");
        assertThat(p.cpu.r[X86Cpu.RAX]).isEqualTo(0x15);
        assertThat(p.cpu.r[X86Cpu.RBX]).isEqualTo(0x756e_6547L);
    }
}
