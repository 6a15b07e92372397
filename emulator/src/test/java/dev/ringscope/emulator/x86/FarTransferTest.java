package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.BareProcessor.access;
import static dev.ringscope.emulator.x86.BareProcessor.code;
import static dev.ringscope.emulator.x86.BareProcessor.data;
import static dev.ringscope.emulator.x86.BareProcessor.gateLow;
import static dev.ringscope.emulator.x86.BareProcessor.stackTop;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Instruction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Far JMP, CALL and RET between rings (Intel SDM vol. 3A, 5.8, figures 5-7 to 5-13 and table 5-1). */
class FarTransferTest {
    private static final long FLAT = 0x00cf_0000_0000_ffffL;
    private static final int SPARE = BareProcessor.SPARE;
    private static final long TARGET = 0x4_5678;

    private static String far(String opcode, int selector) {
        return "%s 78 56 04 00 %02x %02x".formatted(opcode, selector & 0xff, selector >> 8);
    }

    /** Straight to a code segment; the columns are its DPL 0 to 3. */
    @ParameterizedTest(name = "type {0}, CPL {1}, RPL {2}: {3}")
    @CsvSource({
        // non-conforming: DPL = CPL, RPL <= CPL
        "9a, 0, 0, . ! ! !",
        "9a, 0, 1, ! ! ! !",
        "9a, 0, 3, ! ! ! !",
        "9a, 1, 0, ! . ! !",
        "9a, 1, 1, ! . ! !",
        "9a, 1, 2, ! ! ! !",
        "9a, 2, 0, ! ! . !",
        "9a, 2, 2, ! ! . !",
        "9a, 2, 3, ! ! ! !",
        "9a, 3, 0, ! ! ! .",
        "9a, 3, 3, ! ! ! .",
        "98, 3, 1, ! ! ! .",
        // conforming: DPL <= CPL, RPL does not matter
        "9e, 0, 0, . ! ! !",
        "9e, 0, 3, . ! ! !",
        "9e, 1, 0, . . ! !",
        "9e, 2, 3, . . . !",
        "9e, 3, 0, . . . .",
        "9c, 3, 3, . . . .",
        // no code
        "92, 0, 0, ! ! ! !",
        "82, 0, 0, ! ! ! !",
        "8e, 0, 0, ! ! ! !",
        "8f, 3, 3, ! ! ! !",
        "8b, 0, 0, ! ! ! !"
    })
    void directTransfersStayInTheRing(String type, int cpl, int rpl, String byDpl) {
        for (String opcode : new String[] {"ea", "9a"}) {
            for (int dpl = 0; dpl < 4; dpl++) {
                BareProcessor p = BareProcessor.protectedMode(cpl);
                p.describe(SPARE, FLAT | access(Integer.parseInt(type, 16), dpl));
                p.run(far(opcode, SPARE | rpl));
                boolean allowed = byDpl.charAt(2 * dpl) == '.';
                assertThat(p.outcome()).as("%s, DPL %d", opcode, dpl).isEqualTo(allowed ? "ok" : "GP(130)");
                if (allowed) {
                    assertThat(p.cpu.cpl).isEqualTo(cpl);
                    assertThat(p.cpu.seg[Instruction.CS].selector).isEqualTo(SPARE | cpl);
                    assertThat(p.cpu.pc).isEqualTo(TARGET);
                    assertThat(p.ringChanges()).isEmpty();
                }
            }
        }
    }

    @Test
    void theFaultsOfADirectTransfer() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.run(far("ea", 3));
        assertThat(p.outcome()).as("null").isEqualTo("GP(0)");
        p = BareProcessor.protectedMode(0);
        p.run(far("9a", 0x400));
        assertThat(p.outcome()).as("beyond the table").isEqualTo("GP(400)");
        p = BareProcessor.protectedMode(0);
        p.describe(SPARE, FLAT | access(0x1a, 0));
        p.run(far("ea", SPARE));
        assertThat(p.outcome()).as("not present").isEqualTo("NP(130)");
        p = BareProcessor.protectedMode(0);
        p.describe(SPARE, 0x0040_0000_0000_ffffL | access(0x9a, 0));
        p.run(far("ea", SPARE));
        assertThat(p.outcome()).as("beyond the code segment").isEqualTo("GP(0)");
    }

    @Test
    void aFarCallThatFaultsLeavesTheStackPointer() {
        BareProcessor p = BareProcessor.protectedMode(0);
        long before = p.cpu.r[X86Cpu.RSP];
        p.describe(SPARE, 0x0040_0000_0000_ffffL | access(0x9a, 0));
        p.gate(13, 0x8f, code(0), TARGET);
        p.run(far("9a", SPARE));
        assertThat(p.outcome()).isEqualTo("GP(0)");
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(before - 16); // the exception's frame alone
        assertThat(p.read(before - 12, 4)).isEqualTo(BareProcessor.PROGRAM);
    }

    /**
     * Through a 32-bit call gate. Outcomes: {@code g} #GP with the gate, {@code c} #GP with the code segment, {@code =}
     * same ring, {@code <} to the code's ring. The columns are the DPL of the code segment.
     */
    @ParameterizedTest(name = "{0} type {1}, CPL {2}, RPL {3}, gate DPL {4}: {5}")
    @CsvSource({
        "call, 9a, 0, 0, 0, = c c c",
        "call, 9a, 0, 0, 3, = c c c",
        "call, 9a, 0, 3, 3, = c c c",
        "call, 9a, 0, 1, 0, g g g g",
        "call, 9a, 1, 0, 0, g g g g",
        "call, 9a, 1, 1, 1, < = c c",
        "call, 9a, 2, 0, 2, < < = c",
        "call, 9a, 2, 3, 2, g g g g",
        "call, 9a, 2, 2, 1, g g g g",
        "call, 9a, 3, 3, 3, < < < =",
        "call, 9a, 3, 0, 3, < < < =",
        "call, 9a, 3, 3, 2, g g g g",
        "call, 9a, 3, 0, 0, g g g g",
        "call, 9e, 3, 3, 3, = = = =",
        "call, 9e, 1, 1, 3, = = c c",
        "call, 9e, 0, 0, 0, = c c c",
        "jmp, 9a, 3, 3, 3, c c c =",
        "jmp, 9a, 1, 1, 1, c = c c",
        "jmp, 9a, 0, 0, 0, = c c c",
        "jmp, 9a, 3, 3, 2, g g g g",
        "jmp, 9e, 3, 3, 3, = = = =",
        "jmp, 9e, 2, 2, 3, = = = c",
        "jmp, 9e, 0, 0, 3, = c c c",
        "call, 92, 3, 3, 3, c c c c",
        "jmp, 92, 0, 0, 0, c c c c"
    })
    void callGatesLeadInwards(String instruction, String type, int cpl, int rpl, int gateDpl, String byDpl) {
        int gateSelector = SPARE + 8;
        for (int dpl = 0; dpl < 4; dpl++) {
            BareProcessor p = BareProcessor.protectedMode(cpl);
            p.describe(SPARE, FLAT | access(Integer.parseInt(type, 16), dpl));
            p.describe(gateSelector, gateLow(0x8c | gateDpl << 5, 0, SPARE | 3, TARGET));
            p.run(far(instruction.equals("call") ? "9a" : "ea", gateSelector | rpl));
            char expected = byDpl.charAt(2 * dpl);
            String outcome = switch (expected) {
                case 'g' -> "GP(138)";
                case 'c' -> "GP(130)";
                default -> "ok";
            };
            assertThat(p.outcome()).as("DPL " + dpl).isEqualTo(outcome);
            if (outcome.equals("ok")) {
                int ring = expected == '<' ? dpl : cpl;
                assertThat(p.cpu.cpl).as("DPL " + dpl).isEqualTo(ring);
                assertThat(p.cpu.seg[Instruction.CS].selector).isEqualTo(SPARE | ring);
                assertThat(p.cpu.pc).isEqualTo(TARGET);
                assertThat(p.ringChanges()).hasSize(expected == '<' ? 1 : 0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 31})
    void parametersAreCopiedAndReleased(int count) {
        BareProcessor p = BareProcessor.protectedMode(3);
        long outer = p.cpu.r[X86Cpu.RSP];
        for (int n = 0; n < count; n++) {
            p.write(outer + 4 * n, 4, 0x1111 * n);
        }
        p.describe(SPARE, gateLow(0xec, count, code(1), TARGET));
        p.run(far("9a", SPARE));
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.cpu.cpl).isEqualTo(1);
        assertThat(p.cpu.seg[Instruction.SS].selector).isEqualTo(data(1));
        long inner = p.cpu.r[X86Cpu.RSP];
        assertThat(inner).isEqualTo(stackTop(1) - 4 * (4 + count));
        assertThat(p.read(inner, 4)).isEqualTo(BareProcessor.PROGRAM + 7);
        assertThat(p.read(inner + 4, 4)).isEqualTo(code(3));
        for (int n = 0; n < count; n++) {
            assertThat(p.read(inner + 8 + 4 * n, 4)).isEqualTo(0x1111 * n);
        }
        assertThat(p.read(inner + 8 + 4 * count, 4)).isEqualTo(outer);
        assertThat(p.read(inner + 12 + 4 * count, 4)).isEqualTo(data(3));
        Event.RingChange in = p.ringChanges().getFirst();
        assertThat(in.cause()).isEqualTo(Event.Cause.CALL_GATE);
        assertThat(in.source()).isEqualTo(BareProcessor.GDT + SPARE);

        p.run("ca %02x 00".formatted(4 * count));
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.cpu.cpl).isEqualTo(3);
        assertThat(p.cpu.pc).isEqualTo(BareProcessor.PROGRAM + 7);
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(outer + 4 * count);
        assertThat(p.ringChanges().getLast().cause()).isEqualTo(Event.Cause.FAR_RETURN);
    }

    @Test
    void aSixteenBitGatePushesWords() {
        BareProcessor p = BareProcessor.protectedMode(3);
        p.write(p.cpu.r[X86Cpu.RSP], 2, 0xabcd);
        p.describe(SPARE, gateLow(0xe4, 1, code(0), 0xffff_5678L));
        p.run(far("9a", SPARE));
        assertThat(p.outcome()).isEqualTo("ok");
        long inner = p.cpu.r[X86Cpu.RSP];
        assertThat(inner).isEqualTo(stackTop(0) - 10);
        assertThat(p.cpu.pc).isEqualTo(0x5678);
        assertThat(p.read(inner + 4, 2)).isEqualTo(0xabcd);
        assertThat(p.read(inner + 8, 2)).isEqualTo(data(3));
    }

    /** What is wrong with the inner stack is #TS, or #SS where it is only absent (vol. 2, CALL, "MORE-PRIVILEGE"). */
    @ParameterizedTest(name = "SS0 = {0}, type {1}, DPL {2} -> {3}")
    @CsvSource({
        "130, 92, 0, ok", "0, 92, 0, TS(0)", "3, 92, 0, TS(0)", "131, 92, 0, TS(130)", "130, 92, 1, TS(130)",
        "130, 90, 0, TS(130)", "130, 9a, 0, TS(130)", "130, 12, 0, SS(130)", "400, 92, 0, TS(400)",
                "134, 92, 0, TS(134)"
    })
    void theInnerStackIsChecked(String ss, String type, int dpl, String outcome) {
        BareProcessor p = BareProcessor.protectedMode(3);
        p.describe(SPARE, FLAT | access(Integer.parseInt(type, 16), dpl));
        p.describe(SPARE + 8, gateLow(0xec, 0, code(0), TARGET));
        p.write(BareProcessor.TSS + 8, 2, Integer.parseInt(ss, 16));
        for (int vector = 10; vector < 14; vector++) {
            p.gate(vector, 0x8e, BareProcessor.conforming(0), TARGET); // needs no inner stack
        }
        p.run(far("9a", SPARE + 8));
        assertThat(p.outcome()).isEqualTo(outcome);
    }

    @Test
    void aTssThatEndsBeforeTheStackIsTsWithItsSelector() {
        BareProcessor p = BareProcessor.protectedMode(3);
        p.describe(SPARE, gateLow(0xec, 0, code(1), TARGET));
        p.cpu.seg[X86Cpu.TR].limit = 15;
        p.gate(10, 0x8e, BareProcessor.conforming(0), TARGET);
        p.run(far("9a", SPARE));
        assertThat(p.outcome()).isEqualTo("TS(100)");
    }

    /** Rings of CS and SS as return addresses name them, from ring {@code cpl}. */
    @ParameterizedTest(name = "from ring {0} to code {1} with stack {2} -> {3}")
    @CsvSource({
        "0, 0, 0, ok",
        "0, 1, 1, ok",
        "0, 2, 2, ok",
        "0, 3, 3, ok",
        "1, 2, 2, ok",
        "2, 3, 3, ok",
        "3, 3, 3, ok",
        "1, 0, 0, GP cs",
        "3, 2, 2, GP cs",
        "3, 0, 0, GP cs",
        "0, 3, 2, GP ss",
        "0, 3, 0, GP ss",
        "1, 3, 1, GP ss"
    })
    void returnsLeadOutwards(int cpl, int to, int stack, String outcome) {
        BareProcessor p = BareProcessor.protectedMode(cpl);
        long sp = p.cpu.r[X86Cpu.RSP];
        p.write(sp, 4, TARGET);
        p.write(sp + 4, 4, code(to));
        p.write(sp + 8, 4, 0x2_2222);
        p.write(sp + 12, 4, data(stack));
        p.run("cb");
        int error = (outcome.endsWith("cs") ? code(to) : data(stack)) & ~3;
        assertThat(p.outcome()).isEqualTo(outcome.equals("ok") ? "ok" : "GP(%x)".formatted(error));
        if (outcome.equals("ok")) {
            assertThat(p.cpu.cpl).isEqualTo(to);
            assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(to == cpl ? sp + 8 : 0x2_2222);
        }
    }

    @Test
    void returningOutwardsDropsTheInnerRingsSegments() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.cpu.seg[Instruction.ES].set(data(3), 0, 0xffff_ffffL, 0xc0f3);
        p.cpu.seg[Instruction.FS].set(BareProcessor.conforming(0), 0, 0xffff_ffffL, 0xc09f);
        long sp = p.cpu.r[X86Cpu.RSP];
        p.write(sp, 4, TARGET);
        p.write(sp + 4, 4, code(3));
        p.write(sp + 8, 4, 0x2_2222);
        p.write(sp + 12, 4, data(3));
        p.run("cb");
        assertThat(p.cpu.seg[Instruction.DS].selector).isZero();
        assertThat(p.cpu.seg[Instruction.DS].present()).isFalse();
        assertThat(p.cpu.seg[Instruction.GS].selector).isZero();
        assertThat(p.cpu.seg[Instruction.ES].selector).isEqualTo(data(3));
        assertThat(p.cpu.seg[Instruction.FS].selector).isEqualTo(BareProcessor.conforming(0));
    }
}
