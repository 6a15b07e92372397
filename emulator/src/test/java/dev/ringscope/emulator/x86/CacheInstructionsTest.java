package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** INVLPG, INVPCID, cache and prefetch instructions, and those that do nothing or are invalid by definition. */
class CacheInstructionsTest {
    private static final long ABSENT = 0x20_0000;
    private static final long NOT_CANONICAL = 0x0000_9000_0000_0000L;

    private static BareProcessor run(BareProcessor p, String code, long rbx) {
        p.cpu.r[X86Cpu.RBX] = rbx;
        p.run(code);
        return p;
    }

    @ParameterizedTest
    @ValueSource(strings = {"0f 01 3b", "66 0f 38 82 03", "0f 08", "0f 09"})
    void invalidationNeedsRing0(String code) {
        assertThat(run(BareProcessor.longMode(3), code, 0x8000).outcome()).isEqualTo("GP(0)");
        assertThat(run(BareProcessor.longMode(0), code, 0x8000).outcome()).isEqualTo("ok");
    }

    @Test
    void invlpgOfNowhereDoesNothing() {
        assertThat(run(BareProcessor.longMode(0), "0f 01 3b", ABSENT).outcome()).isEqualTo("ok");
        assertThat(run(BareProcessor.longMode(0), "0f 01 3b", NOT_CANONICAL).outcome())
                .isEqualTo("ok");
        assertThat(run(BareProcessor.longMode(0), "0f 01 f8", 0).outcome())
                .as("the register form is SWAPGS")
                .isEqualTo("ok");
    }

    /** Columns: type, PCID, linear address, CR4.PCIDE, outcome. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 1000, false, ok",
        "1, 0, 0, false, ok",
        "2, 0, 0, false, ok",
        "3, 0, 0, false, ok",
        "4, 0, 0, false, GP(0)",
        "0, 5, 1000, false, GP(0)",
        "0, 5, 1000, true, ok",
        "2, 5, 0, false, ok",
        "1, 1000, 0, true, GP(0)",
        "0, 0, 800000000000, true, GP(0)",
        "1, 0, 800000000000, true, ok"
    })
    void invpcidChecksItsDescriptor(long type, String pcid, String linear, boolean pcide, String outcome) {
        BareProcessor p = BareProcessor.longMode(0);
        p.cpu.cr4 |= pcide ? X86Cpu.CR4_PCIDE : 0;
        p.cpu.r[X86Cpu.RAX] = type;
        p.write(0x8000, 8, Long.parseLong(pcid, 16));
        p.write(0x8008, 8, Long.parseLong(linear, 16));
        assertThat(run(p, "66 0f 38 82 03", 0x8000).outcome()).isEqualTo(outcome);
    }

    @Test
    void clflushIsCheckedLikeALoadAndPrefetchIsNot() {
        assertThat(run(BareProcessor.longMode(3), "0f ae 3b", 0x8000).outcome()).isEqualTo("ok");
        assertThat(run(BareProcessor.longMode(3), "0f ae 3b", ABSENT).outcome()).isEqualTo("PF(4)");
        assertThat(run(BareProcessor.longMode(3), "0f ae 3b", NOT_CANONICAL).outcome())
                .isEqualTo("GP(0)");
        for (String code : new String[] {"0f 18 03", "0f 18 0b", "0f 18 13", "0f 18 1b", "0f 0d 0b", "0f 0d 03"}) {
            assertThat(run(BareProcessor.longMode(3), code, NOT_CANONICAL).outcome())
                    .isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "90",
                "66 90",
                "f3 90",
                "0f 1f 00",
                "66 0f 1f 84 03 00 00 00 00",
                "f3 0f 1e fa",
                "f3 0f 1e fb",
                "0f 19 c0",
                "f3 48 0f 1e c8",
                "0f ae e8",
                "0f ae f0",
                "0f ae f8"
            })
    void nothingHappens(String code) {
        BareProcessor p = BareProcessor.longMode(3);
        p.cpu.r[X86Cpu.RAX] = -1;
        run(p, code, NOT_CANONICAL);
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.cpu.r[X86Cpu.RAX]).isEqualTo(-1);
        assertThat(p.cpu.pc)
                .isEqualTo(BareProcessor.PROGRAM + code.replace(" ", "").length() / 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0f 0b",
                "0f b9 c0",
                "0f ff c0",
                "0f aa",
                "0f 01 c1",
                "0f 01 c8",
                "0f 01 c9",
                "0f 01 d9",
                "0f c7 38"
            })
    void invalidOpcodes(String code) {
        assertThat(run(BareProcessor.longMode(0), code, 0x8000).outcome()).isEqualTo("UD");
    }
}
