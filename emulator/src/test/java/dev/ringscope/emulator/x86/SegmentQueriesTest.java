package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.BareProcessor.SPARE;
import static dev.ringscope.emulator.x86.BareProcessor.access;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Flags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LAR, LSL, VERR, VERW and ARPL (Intel SDM vol. 2, with the tables of types of LAR and LSL). */
class SegmentQueriesTest {
    private static final String[] INSTRUCTIONS = {"0f 02 d8", "0f 03 d8", "0f 00 e0", "0f 00 e8"};

    /** LAR, LSL, VERR, VERW: whether ZF is set. The descriptor has DPL 0, the program is in ring 0. */
    @ParameterizedTest(name = "type {0}: legacy {1}, long mode {2}")
    @CsvSource({
        "80, ----, ----", "81, LS--, ----", "82, LS--, LS--", "83, LS--, ----", "84, L---, ----", "85, L---, ----",
                "86, ----, ----",
        "87, ----, ----", "88, ----, ----", "89, LS--, LS--", "8b, LS--, LS--", "8c, L---, L---", "8e, ----, ----",
                "8f, ----, ----",
        "90, LSR-, LSR-", "92, LSRW, LSRW", "94, LSR-, LSR-", "96, LSRW, LSRW", "98, LS--, LS--", "9a, LSR-, LSR-",
                "9c, LS--, LS--",
        "9e, LSR-, LSR-", "12, LSRW, LSRW"
    })
    void theTypeDecides(String type, String legacy, String longMode) {
        for (BareProcessor p : new BareProcessor[] {BareProcessor.protectedMode(0), BareProcessor.longMode(0)}) {
            StringBuilder found = new StringBuilder();
            for (int n = 0; n < 4; n++) {
                p.describe(SPARE, 0x0000_0000_0000_1234L | access(Integer.parseInt(type, 16), 0));
                p.describe(SPARE + 8, 0);
                p.cpu.r[X86Cpu.RAX] = SPARE;
                p.run(INSTRUCTIONS[n]);
                found.append(Flags.zero(p.cpu.fr) ? "LSRW".charAt(n) : '-');
            }
            assertThat(found).hasToString(p.cpu.longMode() ? longMode : legacy);
            assertThat(p.outcome()).isEqualTo("ok");
        }
    }

    /** LAR; the columns are the DPL. Conforming code is visible to all. */
    @ParameterizedTest(name = "type {0}, CPL {1}, RPL {2}: {3}")
    @CsvSource({
        "92, 0, 0, . . . .",
        "92, 0, 2, ! ! . .",
        "92, 1, 0, ! . . .",
        "92, 3, 3, ! ! ! .",
        "9a, 2, 0, ! ! . .",
        "9e, 3, 3, . . . .",
        "8c, 3, 0, ! ! ! ."
    })
    void privilegeDecides(String type, int cpl, int rpl, String byDpl) {
        for (int dpl = 0; dpl < 4; dpl++) {
            BareProcessor p = BareProcessor.protectedMode(cpl);
            p.describe(SPARE, 0x00cf_0000_0000_ffffL | access(Integer.parseInt(type, 16), dpl));
            p.cpu.r[X86Cpu.RAX] = SPARE | rpl;
            p.run("0f 02 d8");
            assertThat(Flags.zero(p.cpu.fr)).as("DPL " + dpl).isEqualTo(byDpl.charAt(2 * dpl) == '.');
        }
    }

    @Test
    void whatTheyTell() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.describe(SPARE, 0x12c5_9234_5678_9abcL);
        p.cpu.r[X86Cpu.RAX] = SPARE;
        p.run("0f 02 d8");
        assertThat(p.cpu.r[X86Cpu.RBX]).isEqualTo(0xc5_9200L);
        p.run("0f 03 d8");
        assertThat(p.cpu.r[X86Cpu.RBX]).isEqualTo(0x59ab_cfffL);
        p.cpu.r[X86Cpu.RBX] = 7;
        p.cpu.r[X86Cpu.RAX] = 0;
        p.run("0f 02 d8");
        assertThat(p.cpu.r[X86Cpu.RBX]).as("null: the register stays").isEqualTo(7);
        assertThat(Flags.zero(p.cpu.fr)).isFalse();
    }

    @Test
    void onlyZfChanges() {
        for (String instruction : INSTRUCTIONS) {
            BareProcessor p = BareProcessor.protectedMode(0);
            p.cpu.r[X86Cpu.RAX] = SPARE;
            p.cpu.setEflags(Flags.ARITHMETIC);
            p.run(instruction);
            assertThat(p.cpu.eflags()).isEqualTo(Flags.ARITHMETIC & ~Flags.ZF | 2);
        }
    }

    @ParameterizedTest(name = "ARPL {0}, {1} -> {2}, ZF {3}")
    @CsvSource({"10, 3, 13, true", "13, 0, 13, false", "12, 1, 12, false", "11, 3, 13, true"})
    void arplRaisesTheRpl(String destination, int source, String result, boolean zero) {
        BareProcessor p = BareProcessor.protectedMode(3);
        p.cpu.r[X86Cpu.RAX] = Integer.parseInt(destination, 16);
        p.cpu.r[X86Cpu.RBX] = source;
        p.run("63 d8");
        assertThat(p.cpu.r[X86Cpu.RAX]).isEqualTo(Integer.parseInt(result, 16));
        assertThat(Flags.zero(p.cpu.fr)).isEqualTo(zero);
    }
}
