package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.BareProcessor.HANDLERS;
import static dev.ringscope.emulator.x86.BareProcessor.PROGRAM;
import static dev.ringscope.emulator.x86.BareProcessor.SPARE;
import static dev.ringscope.emulator.x86.BareProcessor.access;
import static dev.ringscope.emulator.x86.BareProcessor.code;
import static dev.ringscope.emulator.x86.BareProcessor.conforming;
import static dev.ringscope.emulator.x86.BareProcessor.data;
import static dev.ringscope.emulator.x86.BareProcessor.stackTop;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Flags;
import dev.ringscope.emulator.insn.Instruction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Interrupt and trap gates of 32-bit protected mode (Intel SDM vol. 3A, 6.11, 6.12; vol. 2, INT n). */
class InterruptGateTest {
    private static final long FLAT = 0x00cf_0000_0000_ffffL;
    private static final String INT_30 = "cd 30";

    /** INT 0x30; {@code gate} is #GP or #NP with vector * 8 + 2 = 182. */
    @ParameterizedTest(name = "access byte {0}, CPL {1} -> {2}")
    @CsvSource({
        "ee, 3, vector 48",
        "ee, 0, vector 48",
        "ef, 3, vector 48",
        "e6, 3, vector 48",
        "e7, 2, vector 48",
        "8e, 0, vector 48",
        "8e, 1, GP(182)",
        "8e, 3, GP(182)",
        "ae, 1, vector 48",
        "ae, 2, GP(182)",
        "ce, 2, vector 48",
        "ce, 3, GP(182)",
        "6e, 3, NP(182)",
        "0e, 3, GP(182)",
        "0e, 0, NP(182)",
        "67, 3, NP(182)",
        "ec, 3, GP(182)",
        "e9, 0, GP(182)",
        "00, 0, GP(182)",
        "fe, 0, GP(182)",
        "f2, 3, GP(182)"
    })
    void aSoftwareInterruptNeedsTheGatesPrivilege(String type, int cpl, String outcome) {
        BareProcessor p = BareProcessor.protectedMode(cpl);
        p.gate(0x30, Integer.parseInt(type, 16), code(0), HANDLERS);
        p.run(INT_30);
        assertThat(p.outcome()).isEqualTo(outcome);
    }

    @ParameterizedTest(name = "CPL {0}: {1} -> {2}")
    @CsvSource({
        "3, cc, GP(1a)",
        "3, cd 03, GP(1a)",
        "3, ce, GP(22)",
        "3, f1, DB",
        "3, 0f 0b, UD",
        "0, cc, vector 3",
        "0, ce, vector 4"
    })
    void onlyInstructionsThatAskAreCheckedAgainstTheGate(int cpl, String instruction, String outcome) {
        BareProcessor p = BareProcessor.protectedMode(cpl);
        p.cpu.setEflags(X86Cpu.IF | Flags.OF | 2);
        p.run(instruction);
        assertThat(p.outcome()).isEqualTo(outcome);
    }

    /** The columns are the DPL of the handler's code segment: the ring reached, or #GP with its selector. */
    @ParameterizedTest(name = "CPL {0}, type {1}: {2}")
    @CsvSource({
        "0, 9a, 0 ! ! !", "1, 9a, 0 1 ! !", "2, 9a, 0 1 2 !", "3, 9a, 0 1 2 3",
        "0, 9e, 0 ! ! !", "1, 9e, 1 1 ! !", "2, 9e, 2 2 2 !", "3, 9e, 3 3 3 3",
        "0, 92, ! ! ! !", "3, 82, ! ! ! !"
    })
    void theHandlerRunsInItsRingOrInTheProgramsIfConforming(int cpl, String type, String byDpl) {
        for (int dpl = 0; dpl < 4; dpl++) {
            BareProcessor p = BareProcessor.protectedMode(cpl);
            p.describe(SPARE, FLAT | access(Integer.parseInt(type, 16), dpl));
            p.gate(0x30, 0xee, SPARE, HANDLERS + 0x300);
            p.run(INT_30);
            char expected = byDpl.charAt(2 * dpl);
            if (expected == '!') {
                assertThat(p.outcome()).as("DPL " + dpl).isEqualTo("GP(130)");
            } else {
                assertThat(p.outcome()).as("DPL " + dpl).isEqualTo("vector 48");
                assertThat(p.cpu.cpl).isEqualTo(expected - '0');
                assertThat(p.cpu.seg[Instruction.CS].selector).isEqualTo(SPARE | p.cpu.cpl);
                long frame = p.cpu.cpl == cpl ? stackTop(cpl) - 0x100 - 12 : stackTop(p.cpu.cpl) - 20;
                assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(frame);
                assertThat(p.ringChanges()).hasSize(p.cpu.cpl == cpl ? 0 : 1);
            }
        }
    }

    @Test
    void theFrameOfAnInnerHandler() {
        BareProcessor p = BareProcessor.protectedMode(3);
        p.cpu.setEflags(0x3_0202 & ~X86Cpu.VM);
        p.run("0f 0b");
        long sp = p.cpu.r[X86Cpu.RSP];
        assertThat(sp).isEqualTo(stackTop(0) - 20);
        assertThat(p.read(sp, 4)).isEqualTo(PROGRAM);
        assertThat(p.read(sp + 4, 4)).isEqualTo(code(3));
        assertThat(p.read(sp + 8, 4)).as("RF is set for a fault").isEqualTo(0x1_0202);
        assertThat(p.read(sp + 12, 4)).isEqualTo(stackTop(3) - 0x100);
        assertThat(p.read(sp + 16, 4)).isEqualTo(data(3));
        assertThat(p.cpu.seg[Instruction.SS].selector).isEqualTo(data(0));
        assertThat(p.cpu.eflags()).isEqualTo(2);
        assertThat(p.cpu.retired).as("a fault does not retire").isZero();
        assertThat(p.traps().getFirst().pc()).isEqualTo(PROGRAM);
        Event.RingChange change = p.ringChanges().getFirst();
        assertThat(change.cause()).isEqualTo(Event.Cause.EXCEPTION);
        assertThat(change.from()).isEqualTo(3);
        assertThat(change.to()).isZero();
        assertThat(change.source()).isEqualTo(BareProcessor.IDT + 8 * 6);
        assertThat(change.fromStack()).isEqualTo(stackTop(3) - 0x100);
        assertThat(change.toStack()).isEqualTo(sp);
    }

    @ParameterizedTest(name = "gate {0}: IF afterwards {1}")
    @CsvSource({"ee, false", "ef, true", "e6, false", "e7, true"})
    void interruptGatesClearIfAndTrapGatesDoNot(String type, boolean enabled) {
        BareProcessor p = BareProcessor.protectedMode(3);
        p.cpu.setEflags(X86Cpu.IF | X86Cpu.NT | 2);
        p.gate(0x30, Integer.parseInt(type, 16), code(0), HANDLERS);
        p.run(INT_30);
        assertThat(p.cpu.flag(X86Cpu.IF)).isEqualTo(enabled);
        assertThat(p.cpu.flag(X86Cpu.NT)).isFalse();
        assertThat(p.cpu.retired).as("INT n retires").isEqualTo(1);
    }

    @Test
    void sixteenBitGatesPushWordsAndGoToSixteenBitOffsets() {
        BareProcessor p = BareProcessor.protectedMode(3);
        p.gate(13, 0x86, code(0), 0xdead_4000L);
        p.run(INT_30);
        long sp = p.cpu.r[X86Cpu.RSP];
        assertThat(sp).isEqualTo(stackTop(0) - 12);
        assertThat(p.read(sp, 2)).as("error code").isEqualTo(0x182);
        assertThat(p.read(sp + 2, 2)).isEqualTo(PROGRAM & 0xffff);
        assertThat(p.read(sp + 10, 2)).isEqualTo(data(3));
        assertThat(p.cpu.pc).isEqualTo(0x4000);
    }

    /**
     * The selector in the gate is beyond the GDT, null, not present: with EXT only if the program did not ask for it.
     */
    @ParameterizedTest(name = "{0} through a gate to {1} -> {2}")
    @CsvSource({
        "int, 400, GP(400)", "int, 0, GP(0)", "int, absent, NP(130)",
        "fault, 400, GP(401)", "fault, 0, GP(1)", "fault, absent, NP(131)",
        "external, 400, GP(401)", "external, 3, GP(1)", "external, absent, NP(131)",
        "nmi, 400, GP(401)", "int1, 400, GP(401)", "int3, 400, GP(400)"
    })
    void theErrorCodeTellsWhetherTheProgramAsked(String how, String selector, String outcome) {
        BareProcessor p = BareProcessor.protectedMode(3);
        p.cpu.setEflags(X86Cpu.IF | 2);
        p.describe(SPARE, FLAT | access(0x1a, 0));
        int target = selector.equals("absent") ? SPARE : Integer.parseInt(selector, 16);
        for (int vector : new int[] {1, 2, 3, 6, 0x30}) {
            p.gate(vector, 0xee, target, HANDLERS);
        }
        switch (how) {
            case "int" -> p.run(INT_30);
            case "int1" -> p.run("f1");
            case "int3" -> p.run("cc");
            case "fault" -> p.run("0f 0b");
            case "external" -> {
                p.interrupt(0x30);
                p.run("90");
            }
            default -> {
                p.cpu.interrupts.nmi();
                p.run("90");
            }
        }
        assertThat(p.outcome()).isEqualTo(outcome);
    }

    @Test
    void aVectorBeyondTheTableIsGpWithTheVector() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.cpu.idtrLimit = 0x30 * 8 + 6;
        p.run(INT_30);
        assertThat(p.outcome()).isEqualTo("GP(182)");
        p = BareProcessor.protectedMode(0);
        p.cpu.idtrLimit = 0x30 * 8 + 7;
        p.run(INT_30);
        assertThat(p.outcome()).isEqualTo("vector 48");
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 10, 11, 12, 13, 14, 17})
    void errorCodesArePushedByExceptionsAndNotBySoftware(int vector) {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.run("cd %02x".formatted(vector));
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(stackTop(0) - 0x100 - 12);
    }

    @Test
    void anInnerConformingHandlerTakesTheProgramsOwnStack() {
        BareProcessor p = BareProcessor.protectedMode(3);
        p.gate(0x30, 0xee, conforming(0), HANDLERS);
        p.run(INT_30);
        assertThat(p.cpu.cpl).isEqualTo(3);
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(stackTop(3) - 0x100 - 12);
    }
}
