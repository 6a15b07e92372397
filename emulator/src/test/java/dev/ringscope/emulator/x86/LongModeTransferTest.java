package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.BareProcessor.HANDLERS;
import static dev.ringscope.emulator.x86.BareProcessor.PROGRAM;
import static dev.ringscope.emulator.x86.BareProcessor.SPARE;
import static dev.ringscope.emulator.x86.BareProcessor.TSS;
import static dev.ringscope.emulator.x86.BareProcessor.code;
import static dev.ringscope.emulator.x86.BareProcessor.code32;
import static dev.ringscope.emulator.x86.BareProcessor.data;
import static dev.ringscope.emulator.x86.BareProcessor.gateLow;
import static dev.ringscope.emulator.x86.BareProcessor.stackTop;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Instruction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gates, SYSCALL and SYSENTER, far transfers and IRETQ in IA-32e mode (Intel SDM vol. 3A, 5.8 and 6.14). */
class LongModeTransferTest {
    private static final long NON_CANONICAL = 0x8000_0000_0000L;
    private static final long TARGET = 0x4_5678;

    @Test
    void anInterruptPushesFiveQuadwordsOnAnAlignedStack() {
        BareProcessor p = BareProcessor.longMode(3);
        p.cpu.r[X86Cpu.RSP] -= 3;
        long outer = p.cpu.r[X86Cpu.RSP];
        p.write(TSS + 4, 8, stackTop(0) - 5);
        p.gate(0x30, 0xee, code(0), HANDLERS);
        p.run("cd 30");
        assertThat(p.outcome()).isEqualTo("vector 48");
        long sp = p.cpu.r[X86Cpu.RSP];
        assertThat(sp).isEqualTo((stackTop(0) - 5 & -16) - 40);
        assertThat(p.read(sp, 8)).isEqualTo(PROGRAM + 2);
        assertThat(p.read(sp + 8, 8)).isEqualTo(code(3));
        assertThat(p.read(sp + 16, 8)).isEqualTo(2);
        assertThat(p.read(sp + 24, 8)).isEqualTo(outer);
        assertThat(p.read(sp + 32, 8)).isEqualTo(data(3));
        assertThat(p.cpu.seg[Instruction.SS].selector)
                .as("null, with the new ring")
                .isZero();
        p.run("48 cf");
        assertThat(p.cpu.cpl).isEqualTo(3);
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(outer);
        assertThat(p.ringChanges().stream().map(Event.RingChange::cause))
                .containsExactly(Event.Cause.SOFTWARE_INTERRUPT, Event.Cause.INTERRUPT_RETURN);
    }

    @Test
    void withinARingTheFrameIsTheSame() {
        BareProcessor p = BareProcessor.longMode(0);
        long before = p.cpu.r[X86Cpu.RSP];
        p.run("cd 0d");
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo((before & -16) - 40);
        assertThat(p.cpu.seg[Instruction.SS].selector).isEqualTo(data(0));
        assertThat(p.ringChanges()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "1, 3", "7, 0", "7, 3"})
    void anIstEntryIsTheStackWhateverTheRing(int ist, int cpl) {
        BareProcessor p = BareProcessor.longMode(cpl);
        p.write(TSS + 28 + 8 * ist, 8, 0x3_0000);
        p.write(BareProcessor.IDT + 16 * 6 + 4, 1, ist);
        p.run("0f 0b");
        assertThat(p.outcome()).isEqualTo("UD");
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(0x3_0000 - 40);
    }

    @Test
    void aStackThatIsNotCanonicalIsSs() {
        BareProcessor p = BareProcessor.longMode(3);
        p.write(TSS + 4, 8, NON_CANONICAL);
        p.write(TSS + 36, 8, stackTop(0));
        p.write(BareProcessor.IDT + 16 * 12 + 4, 1, 1);
        p.run("0f 0b");
        assertThat(p.outcome()).isEqualTo("SS(1)");
    }

    @ParameterizedTest(name = "gate {0} to {1} -> {2}")
    @CsvSource({
        "ee, long, vector 48",
        "ef, long, vector 48",
        "e6, long, GP(182)",
        "e7, long, GP(182)",
        "e5, long, GP(182)",
        "ee, compatibility, GP(a0)",
        "ee, both, GP(130)",
        "ee, data, GP(10)"
    })
    void gatesHaveSixteenBytesAndLeadToLongCode(String type, String target, String outcome) {
        BareProcessor p = BareProcessor.longMode(3);
        p.describe(SPARE, 0x00ef_9a00_0000_ffffL);
        int selector = switch (target) {
            case "long" -> code(0);
            case "compatibility" -> code32(0);
            case "both" -> SPARE;
            default -> data(0);
        };
        p.gate(0x30, Integer.parseInt(type, 16), selector, HANDLERS);
        p.run("cd 30");
        assertThat(p.outcome()).isEqualTo(outcome);
    }

    @Test
    void syscallAndSysretGoByStarAndLstar() {
        BareProcessor p = BareProcessor.longMode(3);
        p.cpu.star = 0x0023_0010_0000_0000L;
        p.cpu.lstar = 0x4_0000;
        p.cpu.syscallMask = X86Cpu.IF | X86Cpu.TF;
        p.cpu.setEflags(X86Cpu.IF | X86Cpu.ID | 1);
        long sp = p.cpu.r[X86Cpu.RSP];
        p.run("0f 05");
        assertThat(p.cpu.cpl).isZero();
        assertThat(p.cpu.pc).isEqualTo(0x4_0000);
        assertThat(p.cpu.r[X86Cpu.RCX]).isEqualTo(PROGRAM + 2);
        assertThat(p.cpu.r[11]).isEqualTo(X86Cpu.IF | X86Cpu.ID | 3);
        assertThat(p.cpu.eflags()).isEqualTo(X86Cpu.ID | 3);
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(sp);
        assertThat(p.cpu.seg[Instruction.CS].selector).isEqualTo(0x10);
        assertThat(p.cpu.seg[Instruction.SS].selector).isEqualTo(0x18);
        p.run("48 0f 07");
        assertThat(p.cpu.cpl).isEqualTo(3);
        assertThat(p.cpu.pc).isEqualTo(PROGRAM + 2);
        assertThat(p.cpu.seg[Instruction.CS].selector).isEqualTo(0x33);
        assertThat(p.cpu.seg[Instruction.SS].selector).isEqualTo(0x2b);
        assertThat(p.cpu.eflags()).isEqualTo(X86Cpu.IF | X86Cpu.ID | 3);
        Event.RingChange in = p.ringChanges().getFirst();
        assertThat(in.cause()).isEqualTo(Event.Cause.SYSCALL);
        assertThat(in.source()).isEqualTo(0xc000_0082L);
        assertThat(in.sourceValue()).isEqualTo(0x4_0000);
        assertThat(p.ringChanges().getLast().cause()).isEqualTo(Event.Cause.SYSRET);
    }

    @Test
    void sysretWithoutRexWReturnsToCompatibilityMode() {
        BareProcessor p = BareProcessor.longMode(0);
        p.cpu.star = 0x0023_0010_0000_0000L;
        p.cpu.r[X86Cpu.RCX] = 0xdead_0000_0001_0000L;
        p.cpu.r[11] = 0x3_0202; // RF and VM are not taken
        p.run("0f 07");
        assertThat(p.cpu.mode()).isEqualTo(Event.Mode.COMPATIBILITY32);
        assertThat(p.cpu.seg[Instruction.CS].selector).isEqualTo(0x23);
        assertThat(p.cpu.pc).isEqualTo(0x1_0000);
        assertThat(p.cpu.eflags()).isEqualTo(0x202);
    }

    @Test
    void whoMayNotUseThem() {
        BareProcessor p = BareProcessor.longMode(3);
        p.run("48 0f 07");
        assertThat(p.outcome()).as("SYSRET in ring 3").isEqualTo("GP(0)");
        p = BareProcessor.longMode(3);
        p.cpu.efer &= ~X86Cpu.EFER_SCE;
        p.run("0f 05");
        assertThat(p.outcome()).as("SYSCALL without EFER.SCE").isEqualTo("UD");
        p = BareProcessor.longMode(0);
        p.cpu.r[X86Cpu.RCX] = NON_CANONICAL;
        p.run("48 0f 07");
        assertThat(p.outcome()).as("SYSRET to a non-canonical address").isEqualTo("GP(0)");
        assertThat(p.ringChanges()).as("in ring 0, as Intel has it").isEmpty();
        p = BareProcessor.protectedMode(0);
        p.run("0f 05");
        assertThat(p.outcome()).as("SYSCALL outside 64-bit mode").isEqualTo("UD");
    }

    @Test
    void sysenterAndSysexitGoByTheirMsrs() {
        BareProcessor p = BareProcessor.longMode(3);
        p.run("0f 34");
        assertThat(p.outcome()).as("without IA32_SYSENTER_CS").isEqualTo("GP(0)");
        p = BareProcessor.longMode(3);
        p.cpu.sysenterCs = 0x8;
        p.cpu.sysenterEip = 0x4_0000;
        p.cpu.sysenterEsp = 0x3_0000;
        p.cpu.setEflags(X86Cpu.IF | 2);
        p.run("0f 34");
        assertThat(p.cpu.cpl).isZero();
        assertThat(p.cpu.code64()).isTrue();
        assertThat(p.cpu.pc).isEqualTo(0x4_0000);
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(0x3_0000);
        assertThat(p.cpu.flag(X86Cpu.IF)).isFalse();
        p.cpu.r[X86Cpu.RDX] = 0x1_0000;
        p.cpu.r[X86Cpu.RCX] = 0x2_2222;
        p.run("48 0f 35");
        assertThat(p.cpu.cpl).isEqualTo(3);
        assertThat(p.cpu.seg[Instruction.CS].selector).isEqualTo(0x2b);
        assertThat(p.cpu.seg[Instruction.SS].selector).isEqualTo(0x33);
        assertThat(p.cpu.pc).isEqualTo(0x1_0000);
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(0x2_2222);
        assertThat(p.ringChanges().stream().map(Event.RingChange::cause))
                .containsExactly(Event.Cause.SYSENTER, Event.Cause.SYSEXIT);
    }

    @Test
    void aCallGateOfSixtyFourBits() {
        BareProcessor p = BareProcessor.longMode(3);
        p.describe(SPARE, gateLow(0xec, 0, code(0), TARGET));
        p.describe(SPARE + 8, 0);
        p.write(0x8000, 8, (long) (SPARE | 3) << 32 | 0x1111);
        p.cpu.r[X86Cpu.RBX] = 0x8000;
        long outer = p.cpu.r[X86Cpu.RSP];
        p.run("ff 1b");
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.cpu.cpl).isZero();
        assertThat(p.cpu.pc).isEqualTo(TARGET);
        long sp = p.cpu.r[X86Cpu.RSP];
        assertThat(sp).isEqualTo(stackTop(0) - 32);
        assertThat(p.read(sp + 24, 8)).isEqualTo(data(3));
        assertThat(p.read(sp + 16, 8)).isEqualTo(outer);
        p.run("48 cb");
        assertThat(p.cpu.cpl).isEqualTo(3);
        assertThat(p.cpu.pc).isEqualTo(PROGRAM + 2);
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(outer);
    }

    @Test
    void farTransfersLeadToCompatibilityModeAndBack() {
        BareProcessor p = BareProcessor.longMode(3);
        p.write(0x8000, 8, (long) code32(3) << 32 | PROGRAM + 0x100);
        p.cpu.r[X86Cpu.RBX] = 0x8000;
        p.run("ff 2b");
        assertThat(p.cpu.mode()).isEqualTo(Event.Mode.COMPATIBILITY32);
        assertThat(p.ringChanges().getLast().cause()).isEqualTo(Event.Cause.FAR_JUMP);
        p.run("ea 00 00 01 00 %02x 00".formatted(code(3)));
        assertThat(p.cpu.mode()).isEqualTo(Event.Mode.LONG64);
        assertThat(p.cpu.pc).isEqualTo(PROGRAM);
    }

    @Test
    void anInterruptFromCompatibilityModeLeadsToLongModeAndBack() {
        BareProcessor p = BareProcessor.longMode(3);
        p.cpu.seg[Instruction.CS].set(code32(3), 0, 0xffff_ffffL, 0xc0fb);
        p.cpu.modeChanged();
        long outer = p.cpu.r[X86Cpu.RSP];
        p.run("0f 0b");
        assertThat(p.cpu.mode()).isEqualTo(Event.Mode.LONG64);
        p.run("48 cf");
        assertThat(p.cpu.mode()).isEqualTo(Event.Mode.COMPATIBILITY32);
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(outer);
        assertThat(p.cpu.pc).isEqualTo(PROGRAM);
    }

    @ParameterizedTest(name = "IRETQ within ring 0, SS {0} -> {1}")
    @CsvSource({"0, ok", "10, ok", "3, GP(0)", "23, GP(20)", "8, GP(8)"})
    void iretqAlwaysPopsTheStack(String ss, String outcome) {
        BareProcessor p = BareProcessor.longMode(0);
        long sp = p.cpu.r[X86Cpu.RSP];
        p.write(sp, 8, TARGET);
        p.write(sp + 8, 8, code(0));
        p.write(sp + 16, 8, 2);
        p.write(sp + 24, 8, 0x2_2222);
        p.write(sp + 32, 8, Integer.parseInt(ss, 16));
        p.run("48 cf");
        assertThat(p.outcome()).isEqualTo(outcome);
        if (outcome.equals("ok")) {
            assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(0x2_2222);
        }
    }

    @Test
    void iretWithNtIsRefused() {
        BareProcessor p = BareProcessor.longMode(0);
        p.cpu.setEflags(X86Cpu.NT);
        p.run("48 cf");
        assertThat(p.outcome()).isEqualTo("GP(0)");
    }

    @Test
    void ltrReadsSixteenBytes() {
        BareProcessor p = BareProcessor.longMode(0);
        p.describe(SPARE, 0x1234_8956_789a_0067L);
        p.describe(SPARE + 8, 0xffff_8000L);
        p.cpu.r[X86Cpu.RAX] = SPARE;
        p.run("0f 00 d8");
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.cpu.seg[X86Cpu.TR].base).isEqualTo(0xffff_8000_1256_789aL);
        assertThat(p.read(BareProcessor.GDT + SPARE + 5, 1)).as("busy").isEqualTo(0x8b);
        assertThat(p.events)
                .anyMatch(e ->
                        e instanceof Event.SystemRegisterWrite w && w.register().equals("tr"));
    }
}
