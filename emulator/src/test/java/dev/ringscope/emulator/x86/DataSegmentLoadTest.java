package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Instruction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MOV to DS and SS with every kind of descriptor (Intel SDM vol. 3A, 5.6, 5.7; vol. 2, MOV). */
class DataSegmentLoadTest {
    private static final long FLAT = 0x00cf_0000_0000_ffffL;
    private static final String MOV_DS = "8e d8";
    private static final String MOV_SS = "8e d0";

    /**
     * The columns are DPL 0 to 3 of the descriptor. Data and non-conforming code are loaded if neither CPL nor RPL is
     * above DPL, conforming code always; {@code !} is #GP with the selector.
     */
    @ParameterizedTest(name = "type {0}, CPL {1}, RPL {2}: {3}")
    @CsvSource({
        "92, 0, 0, . . . .",
        "92, 0, 1, ! . . .",
        "92, 0, 2, ! ! . .",
        "92, 0, 3, ! ! ! .",
        "92, 1, 0, ! . . .",
        "92, 1, 1, ! . . .",
        "92, 1, 2, ! ! . .",
        "92, 1, 3, ! ! ! .",
        "92, 2, 0, ! ! . .",
        "92, 2, 3, ! ! ! .",
        "92, 3, 0, ! ! ! .",
        "92, 3, 3, ! ! ! .",
        "90, 0, 0, . . . .",
        "94, 3, 3, ! ! ! .",
        "96, 1, 0, ! . . .",
        "9a, 1, 0, ! . . .",
        "9a, 3, 3, ! ! ! .", // readable code
        "9e, 3, 3, . . . .",
        "9e, 0, 3, . . . .", // conforming readable code
        "98, 0, 0, ! ! ! !",
        "9c, 3, 3, ! ! ! !", // code that cannot be read
        "82, 0, 0, ! ! ! !",
        "89, 0, 0, ! ! ! !",
        "8c, 3, 3, ! ! ! !",
        "80, 0, 0, ! ! ! !" // system descriptors
    })
    void dataSegmentsGoByPrivilegeAndType(String type, int cpl, int rpl, String byDpl) {
        for (int dpl = 0; dpl < 4; dpl++) {
            String outcome = load(MOV_DS, cpl, rpl, Integer.parseInt(type, 16), dpl);
            assertThat(outcome).as("DPL " + dpl).isEqualTo(byDpl.charAt(2 * dpl) == '.' ? "ok" : "GP(130)");
        }
    }

    /** SS takes writable data whose DPL and RPL are CPL, and nothing else. */
    @ParameterizedTest(name = "type {0}, CPL {1}, RPL {2}: {3}")
    @CsvSource({
        "92, 0, 0, . ! ! !",
        "92, 0, 1, ! ! ! !",
        "92, 1, 1, ! . ! !",
        "92, 2, 2, ! ! . !",
        "92, 3, 3, ! ! ! .",
        "92, 3, 0, ! ! ! !",
        "92, 1, 0, ! ! ! !",
        "96, 0, 0, . ! ! !",
        "96, 3, 3, ! ! ! .",
        "90, 0, 0, ! ! ! !",
        "94, 3, 3, ! ! ! !",
        "9a, 0, 0, ! ! ! !",
        "9e, 3, 3, ! ! ! !",
        "82, 0, 0, ! ! ! !"
    })
    void theStackSegmentIsWritableDataOfTheRing(String type, int cpl, int rpl, String byDpl) {
        for (int dpl = 0; dpl < 4; dpl++) {
            String outcome = load(MOV_SS, cpl, rpl, Integer.parseInt(type, 16), dpl);
            assertThat(outcome).as("DPL " + dpl).isEqualTo(byDpl.charAt(2 * dpl) == '.' ? "ok" : "GP(130)");
        }
    }

    private static String load(String instruction, int cpl, int rpl, int type, int dpl) {
        BareProcessor p = BareProcessor.protectedMode(cpl);
        p.describe(BareProcessor.SPARE, FLAT | BareProcessor.access(type, dpl));
        p.cpu.r[X86Cpu.RAX] = BareProcessor.SPARE | rpl;
        p.run(instruction);
        return p.outcome();
    }

    @Test
    void aSegmentThatIsNotPresentIsNpForDataAndSsForTheStack() {
        assertThat(load(MOV_DS, 0, 0, 0x12, 0)).isEqualTo("NP(130)");
        assertThat(load(MOV_SS, 0, 0, 0x12, 0)).isEqualTo("SS(130)");
        assertThat(load(MOV_DS, 3, 3, 0x12, 0)).as("privilege comes first").isEqualTo("GP(130)");
    }

    @ParameterizedTest
    @CsvSource({"400, GP(400)", "403, GP(400)", "14, GP(14)", "fff8, GP(fff8)", "3fb, GP(3f8)"})
    void aSelectorBeyondItsTableIsGpWithTheSelector(String selector, String outcome) {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.cpu.r[X86Cpu.RAX] = Integer.parseInt(selector, 16);
        p.run(MOV_DS);
        assertThat(p.outcome()).isEqualTo(outcome);
    }

    @Test
    void nullMakesDataSegmentsUnusableAndIsRefusedForTheStack() {
        for (int selector = 0; selector < 4; selector++) {
            BareProcessor p = BareProcessor.protectedMode(3);
            p.cpu.r[X86Cpu.RAX] = selector;
            p.run(MOV_DS);
            assertThat(p.outcome()).isEqualTo("ok");
            p.run("8a 03"); // mov al, [ebx]
            assertThat(p.outcome()).isEqualTo("GP(0)");
            p = BareProcessor.protectedMode(3);
            p.cpu.r[X86Cpu.RAX] = selector;
            p.run(MOV_SS);
            assertThat(p.outcome()).isEqualTo("GP(0)");
        }
    }

    @ParameterizedTest(name = "CPL {0}, selector {1} -> {2}")
    @CsvSource({"0, 0, ok", "1, 1, ok", "2, 2, ok", "3, 3, GP(0)", "0, 1, GP(0)", "1, 0, GP(0)", "0, 3, GP(0)"})
    void inLongModeTheInnerRingsMayHaveANullStack(int cpl, int selector, String outcome) {
        BareProcessor p = BareProcessor.longMode(cpl);
        p.cpu.r[X86Cpu.RAX] = selector;
        p.run(MOV_SS);
        assertThat(p.outcome()).isEqualTo(outcome);
    }

    @Test
    void loadingSetsTheAccessedBitAndTheHiddenPart() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.describe(BareProcessor.SPARE, 0x12c5_9234_5678_9abcL);
        p.cpu.r[X86Cpu.RAX] = BareProcessor.SPARE;
        p.run(MOV_DS);
        Segment ds = p.cpu.seg[Instruction.DS];
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(ds.base).isEqualTo(0x1234_5678L);
        assertThat(ds.limit).isEqualTo(0x59abcfffL);
        assertThat(p.read(BareProcessor.GDT + BareProcessor.SPARE + 5, 1)).isEqualTo(0x93);
    }

    @Test
    void movToCsIsNoInstruction() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.run("8e c8");
        assertThat(p.outcome()).isEqualTo("UD");
    }

    @Test
    void popSsTakesSelectorAndStackPointerTogether() {
        BareProcessor p = BareProcessor.protectedMode(3);
        long before = p.cpu.r[X86Cpu.RSP];
        p.write(before, 4, 0x14); // LDT: beyond its limit
        p.run("17");
        assertThat(p.outcome()).isEqualTo("GP(14)");
        p = BareProcessor.protectedMode(3);
        p.write(before, 4, BareProcessor.data(3));
        p.run("17");
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(before + 4);
    }

    @Test
    void lesLoadsOffsetAndSegment() {
        BareProcessor p = BareProcessor.protectedMode(3);
        p.write(0x8000, 8, (long) BareProcessor.data(3) << 32 | 0x1234_5678L);
        p.cpu.r[X86Cpu.RBX] = 0x8000;
        p.run("c4 03");
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.cpu.r[X86Cpu.RAX]).isEqualTo(0x1234_5678L);
        assertThat(p.cpu.seg[Instruction.ES].selector).isEqualTo(BareProcessor.data(3));
    }

    @Test
    void realModeLoadsParagraphsAndKeepsTheLimit() {
        BareProcessor p = BareProcessor.real();
        p.cpu.seg[Instruction.DS].limit = 0xffff_ffffL; // as "unreal mode" has it
        p.cpu.r[X86Cpu.RAX] = 0x1234;
        p.run(MOV_DS);
        assertThat(p.cpu.seg[Instruction.DS].base).isEqualTo(0x12340);
        assertThat(p.cpu.seg[Instruction.DS].limit).isEqualTo(0xffff_ffffL);
    }
}
