package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which control bits allow SSE and MMX, and what an unmasked exception raises (Intel SDM vol. 3A, 2.5 and 13.1). */
class SseAvailabilityTest {
    private static final String PADDB_MMX = "0f fc c1", DIVSS = "f3 0f 5e c1";

    private static BareProcessor processor() {
        BareProcessor p = BareProcessor.longMode(0);
        p.cpu.cr4 |= X86Cpu.CR4_OSFXSR | X86Cpu.CR4_OSXMMEXCPT;
        p.cpu.cr0 |= X86Cpu.CR0_NE;
        return p;
    }

    private static String outcome(BareProcessor p, String code) {
        p.run(code);
        return p.outcome();
    }

    /** Columns: CR0 bits set, CR4 bits cleared, code, outcome. */
    @ParameterizedTest
    @CsvSource({
        "0, 0,   0f 58 c1, ok",
        "8, 0,   0f 58 c1, NM", // TS
        "4, 0,   0f 58 c1, UD", // EM
        "12, 0,  0f 58 c1, UD",
        "0, 512, 0f 58 c1, UD", // OSFXSR
        "8, 512, 0f 58 c1, UD",
        "0, 512, 0f fc c1, ok",
        "8, 0,   0f fc c1, NM",
        "4, 0,   0f fc c1, UD",
        "12, 512, f2 0f 38 f1 c1, ok" // CRC32 has no vector operand
    })
    void controlBitsDecide(long cr0, long cr4, String code, String expected) {
        BareProcessor p = processor();
        p.cpu.cr0 |= cr0;
        p.cpu.cr4 &= ~cr4;
        assertThat(outcome(p, code)).isEqualTo(expected);
    }

    @Test
    void anUnmaskedExceptionRaisesXmAndWritesNothing() {
        BareProcessor p = processor();
        p.cpu.mxcsr.value = 0x1d80; // ZE unmasked
        p.cpu.xmm[0] = 0x3f80_0000;
        assertThat(outcome(p, DIVSS)).isEqualTo("XM");
        assertThat(p.cpu.xmm[0]).isEqualTo(0x3f80_0000);
        assertThat(p.cpu.mxcsr.value).isEqualTo(0x1d84);
    }

    @Test
    void withoutOsxmmexcptItIsAnInvalidOpcode() {
        BareProcessor p = processor();
        p.cpu.cr4 &= ~X86Cpu.CR4_OSXMMEXCPT;
        p.cpu.mxcsr.value = 0x1d80;
        p.cpu.xmm[0] = 0x3f80_0000;
        assertThat(outcome(p, DIVSS)).isEqualTo("UD");
    }

    @Test
    void mmxTakesOverTheX87Stack() {
        BareProcessor p = processor();
        p.run("db e3"); // fninit
        p.run("d9 e8"); // fld1: TOP is 7
        assertThat(outcome(p, PADDB_MMX)).isEqualTo("ok");
        assertThat(p.cpu.fpu.status() >> 11 & 7).isZero();
        assertThat(p.cpu.fpu.abridgedTag()).isEqualTo(0xff);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c5 f8 58 c1", // vaddps
                "c4 e2 79 00 c1", // vpshufb
                "62 f1 7c 48 58 c1", // vaddps zmm
                "66 0f 38 dc c1", // aesenc
                "66 0f 3a 44 c1 00" // pclmulqdq
            })
    void whatIsNotBuiltIsAnInvalidOpcode(String code) {
        assertThat(outcome(processor(), code)).isEqualTo("UD");
    }
}
