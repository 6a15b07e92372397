package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.BareProcessor.GDT;
import static dev.ringscope.emulator.x86.BareProcessor.OTHER_TSS;
import static dev.ringscope.emulator.x86.BareProcessor.OTHER_TSS_SELECTOR;
import static dev.ringscope.emulator.x86.BareProcessor.PROGRAM;
import static dev.ringscope.emulator.x86.BareProcessor.SPARE;
import static dev.ringscope.emulator.x86.BareProcessor.TSS;
import static dev.ringscope.emulator.x86.BareProcessor.TSS_SELECTOR;
import static dev.ringscope.emulator.x86.BareProcessor.code;
import static dev.ringscope.emulator.x86.BareProcessor.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Instruction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Task switches by JMP, CALL, interrupts and IRET (Intel SDM vol. 3A, ch. 7, tables 7-1 and 7-2). */
class TaskSwitchTest {
    private static final String JMP = "ea 00 00 00 00 10 01";
    private static final String CALL = "9a 00 00 00 00 10 01";
    private static final String IRET = "cf";
    private static final long ENTRY = 0x1_8000;

    private final BareProcessor p = BareProcessor.protectedMode(0);
    private final X86Cpu cpu = p.cpu;

    @BeforeEach
    void describeTheOtherTask() {
        p.write(OTHER_TSS + 0x20, 4, ENTRY);
        p.write(OTHER_TSS + 0x24, 4, 0x202);
        for (int n = 0; n < 8; n++) {
            p.write(OTHER_TSS + 0x28 + 4 * n, 4, n == X86Cpu.RSP ? 0x2_8000 : 0x1111 * (n + 1));
        }
        int[] segments = {data(3), code(3), data(3), data(3), 0, 0};
        for (int n = 0; n < 6; n++) {
            p.write(OTHER_TSS + 0x48 + 4 * n, 4, segments[n]);
        }
        cpu.r[X86Cpu.RBX] = 0x1234_5678L;
    }

    private int busy(int selector) {
        return (int) p.read(GDT + selector + 5, 1) >> 1 & 1;
    }

    @ParameterizedTest(name = "{0}: old busy {1}, link {2}, NT {3}")
    @CsvSource({"jmp, 0, 0, false", "call, 1, 100, true", "interrupt, 1, 100, true"})
    void theStateOfOneTaskIsKeptAndTheOtherLoaded(String how, int oldBusy, String link, boolean nested) {
        cpu.setEflags(X86Cpu.ID);
        p.gate(0x30, 0xe5, OTHER_TSS_SELECTOR, 0);
        String instruction = how.equals("jmp") ? JMP : how.equals("call") ? CALL : "cd 30";
        p.run(instruction);
        assertThat(cpu.pc).isEqualTo(ENTRY);
        assertThat(cpu.cpl).isEqualTo(3);
        assertThat(cpu.r[X86Cpu.RDI]).isEqualTo(0x8888);
        assertThat(cpu.r[X86Cpu.RSP]).isEqualTo(0x2_8000);
        assertThat(cpu.eflags()).isEqualTo(nested ? 0x4202 : 0x202);
        assertThat(cpu.seg[Instruction.SS].selector).isEqualTo(data(3));
        assertThat(cpu.seg[Instruction.FS].present()).isFalse();
        assertThat(cpu.seg[X86Cpu.TR].selector).isEqualTo(OTHER_TSS_SELECTOR);
        assertThat(cpu.cr0 & X86Cpu.CR0_TS).isNotZero();
        assertThat(cpu.retired).isEqualTo(1);
        int length = how.equals("interrupt") ? 2 : 7;
        assertThat(p.read(TSS + 0x20, 4)).isEqualTo(PROGRAM + length);
        assertThat(p.read(TSS + 0x24, 4)).isEqualTo(X86Cpu.ID | 2);
        assertThat(p.read(TSS + 0x34, 4)).isEqualTo(0x1234_5678L);
        assertThat(p.read(TSS + 0x4c, 2)).isEqualTo(code(0));
        assertThat(busy(TSS_SELECTOR)).isEqualTo(oldBusy);
        assertThat(busy(OTHER_TSS_SELECTOR)).isEqualTo(1);
        assertThat(p.read(OTHER_TSS, 2)).isEqualTo(Integer.parseInt(link, 16));
        assertThat(p.events)
                .contains(new Event.SystemRegisterWrite(0, "tr", TSS_SELECTOR, OTHER_TSS_SELECTOR, PROGRAM));
        Event.RingChange change = p.ringChanges().getFirst();
        assertThat(change.to()).isEqualTo(3);
        assertThat(change.cause())
                .isEqualTo(how.equals("interrupt") ? Event.Cause.SOFTWARE_INTERRUPT : Event.Cause.TASK_SWITCH);
    }

    @Test
    void iretWithNtGoesBack() {
        p.write(OTHER_TSS + 0x4c, 4, code(0));
        p.write(OTHER_TSS + 0x50, 4, data(0));
        p.run(CALL);
        cpu.r[X86Cpu.RBX] = 0;
        p.run(IRET);
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(cpu.pc).isEqualTo(PROGRAM + 7);
        assertThat(cpu.r[X86Cpu.RBX]).isEqualTo(0x1234_5678L);
        assertThat(cpu.flag(X86Cpu.NT)).isFalse();
        assertThat(cpu.seg[X86Cpu.TR].selector).isEqualTo(TSS_SELECTOR);
        assertThat(busy(OTHER_TSS_SELECTOR)).isZero();
        assertThat(p.read(OTHER_TSS + 0x24, 4) & X86Cpu.NT)
                .as("NT in the task that was left")
                .isZero();
        assertThat(p.read(OTHER_TSS + 0x20, 4)).isEqualTo(ENTRY + 1);
    }

    @Test
    void anExceptionThroughATaskGatePushesItsErrorCodeThere() {
        p.gate(13, 0x85, OTHER_TSS_SELECTOR, 0);
        p.write(OTHER_TSS + 0x4c, 4, code(0));
        p.write(OTHER_TSS + 0x50, 4, data(0));
        cpu.r[X86Cpu.RAX] = 0x400;
        p.run("8e d8");
        assertThat(p.outcome()).isEqualTo("GP(400)");
        assertThat(cpu.pc).isEqualTo(ENTRY);
        assertThat(cpu.r[X86Cpu.RSP]).isEqualTo(0x2_7ffc);
        assertThat(p.read(0x2_7ffc, 4)).isEqualTo(0x400);
        assertThat(p.read(TSS + 0x20, 4)).isEqualTo(PROGRAM);
    }

    /** Checks before the switch: the fault is the old task's (table 7-1, the first five rows). */
    @ParameterizedTest(name = "{0} to a TSS of type {1}, limit {2} -> {3}")
    @CsvSource({
        "jmp, 89, 67, ok",
        "jmp, 8b, 67, GP(110)",
        "call, 8b, 67, GP(110)",
        "jmp, 09, 67, NP(110)",
        "jmp, 89, 66, TS(110)",
        "jmp, 82, 67, GP(110)",
        "int, 8b, 67, GP(110)",
        "int, 09, 67, NP(110)",
        "int, 89, 66, TS(110)",
        "ud, 8b, 67, GP(111)",
        "ud, 89, 10, TS(111)"
    })
    void theNewTssIsCheckedFirst(String how, String type, String limit, String outcome) {
        p.describe(
                OTHER_TSS_SELECTOR,
                Long.parseLong(limit, 16) | (long) OTHER_TSS << 16 | Long.parseLong(type, 16) << 40);
        p.gate(0x30, 0xe5, OTHER_TSS_SELECTOR, 0);
        p.gate(6, 0x85, OTHER_TSS_SELECTOR, 0);
        p.run(
                switch (how) {
                    case "jmp" -> JMP;
                    case "call" -> CALL;
                    case "int" -> "cd 30";
                    default -> "0f 0b";
                });
        assertThat(p.outcome()).isEqualTo(outcome);
        assertThat(cpu.seg[X86Cpu.TR].selector).isEqualTo(outcome.equals("ok") ? OTHER_TSS_SELECTOR : TSS_SELECTOR);
    }

    /** Checks behind the switch: the fault is the new task's, which it interrupts before its first instruction. */
    @ParameterizedTest(name = "word {1} at {0} of the TSS -> {2}")
    @CsvSource({
        "60, 8, TS(8)",
        "60, 14, TS(14)",
        "60, 120, ok",
        "60, 400, TS(400)",
        "4c, 3, TS(0)",
        "4c, 13, TS(10)",
        "4c, 403, TS(400)",
        "4c, 1b, TS(18)",
        "50, 0, TS(0)",
        "50, 10, TS(10)",
        "50, 400, TS(400)",
        "50, 3b, TS(38)",
        "54, 400, TS(400)",
        "54, 10, TS(10)",
        "54, 0, ok",
        "48, 100, TS(100)",
        "5c, 130, NP(130)",
        "50, 133, SS(130)",
        "4c, 133, TS(130)"
    })
    void theNewTasksSegmentsAreItsOwnFault(String offset, String selector, String outcome) {
        p.describe(SPARE, 0x00cf_7200_0000_ffffL); // ring 3, writable, not present
        p.write(OTHER_TSS + Integer.parseInt(offset, 16), 2, Integer.parseInt(selector, 16));
        for (int vector = 10; vector < 14; vector++) {
            p.gate(vector, 0x8e, BareProcessor.code(0), BareProcessor.HANDLERS);
        }
        p.write(OTHER_TSS + 4, 4, 0x2_4000);
        p.write(OTHER_TSS + 8, 4, data(0));
        p.run(JMP);
        assertThat(p.outcome()).isEqualTo(outcome);
        assertThat(cpu.seg[X86Cpu.TR].selector).isEqualTo(OTHER_TSS_SELECTOR);
        assertThat(cpu.retired).isEqualTo(1);
        if (!outcome.equals("ok")) {
            assertThat(p.traps().getFirst().pc()).isEqualTo(ENTRY);
        }
    }

    @Test
    void theTBitTrapsBeforeTheFirstInstruction() {
        p.write(OTHER_TSS + 0x64, 2, 1);
        p.write(OTHER_TSS + 4, 4, 0x2_4000);
        p.write(OTHER_TSS + 8, 4, data(0));
        p.run(JMP);
        assertThat(p.outcome()).isEqualTo("DB");
        assertThat(p.traps().getFirst().pc()).isEqualTo(ENTRY);
        assertThat(cpu.dr[6] & 0xe00f).isEqualTo(0x8000);
    }

    @ParameterizedTest(name = "CPL {0}, RPL {1}, DPL of the TSS {2}, by gate {3} -> {4}")
    @CsvSource({
        "0, 0, 0, false, ok",
        "3, 0, 0, false, GP(110)",
        "0, 3, 0, false, GP(110)",
        "3, 3, 3, false, ok",
        "3, 3, 0, true, ok",
        "1, 0, 0, true, ok"
    })
    void privilegeIsThatOfTheDescriptorNamed(int cpl, int rpl, int dpl, boolean byGate, String outcome) {
        BareProcessor q = BareProcessor.protectedMode(cpl);
        for (int at = 0; at < 0x68; at += 4) {
            q.write(OTHER_TSS + at, 4, p.read(OTHER_TSS + at, 4));
        }
        q.describe(OTHER_TSS_SELECTOR, 0x67 | (long) OTHER_TSS << 16 | BareProcessor.access(0x89, dpl));
        q.describe(SPARE, BareProcessor.gateLow(0xe5, 0, OTHER_TSS_SELECTOR, 0));
        q.run("ea 00 00 00 00 %02x 01".formatted((byGate ? SPARE : OTHER_TSS_SELECTOR) & 0xff | rpl));
        assertThat(q.outcome()).isEqualTo(outcome);
    }

    @Test
    void aSixteenBitTaskHasWords() {
        p.describe(OTHER_TSS_SELECTOR, 0x2b | (long) OTHER_TSS << 16 | BareProcessor.access(0x81, 0));
        int[] words = {0x8000, 2, 1, 2, 3, 4, 0x8000, 6, 7, 8, data(0), BareProcessor.code16(0), data(0), data(0), 0};
        for (int n = 0; n < words.length; n++) {
            p.write(OTHER_TSS + 0xe + 2 * n, 2, words[n]);
        }
        p.run(JMP);
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(cpu.pc).isEqualTo(0x8000);
        assertThat(cpu.r[X86Cpu.RDI] & 0xffff).isEqualTo(8);
        assertThat(cpu.mode()).isEqualTo(Event.Mode.PROTECTED16);
    }
}
