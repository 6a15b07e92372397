package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.BareProcessor.code;
import static dev.ringscope.emulator.x86.BareProcessor.code16;
import static dev.ringscope.emulator.x86.BareProcessor.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Instruction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IRET in 32-bit protected mode (Intel SDM vol. 2, IRET), and which flags it may change. */
class InterruptReturnTest {
    private static final long TARGET = 0x4_5678;
    private static final long OUTER_STACK = 0x2_2222;

    private static BareProcessor frame(int cpl, int cs, int flags, int ss) {
        BareProcessor p = BareProcessor.protectedMode(cpl);
        long sp = p.cpu.r[X86Cpu.RSP];
        p.write(sp, 4, TARGET);
        p.write(sp + 4, 4, cs);
        p.write(sp + 8, 4, flags);
        p.write(sp + 12, 4, OUTER_STACK);
        p.write(sp + 16, 4, ss);
        return p;
    }

    @ParameterizedTest(name = "from ring {0} to code {1} with stack {2} -> {3}")
    @CsvSource({
        "0, 0, 3, ok",
        "0, 1, 1, ok",
        "0, 2, 2, ok",
        "0, 3, 3, ok",
        "1, 2, 2, ok",
        "1, 3, 3, ok",
        "2, 3, 3, ok",
        "3, 3, 0, ok",
        "1, 0, 0, GP cs",
        "3, 0, 0, GP cs",
        "3, 2, 2, GP cs",
        "0, 3, 2, GP ss",
        "0, 1, 0, GP ss",
        "1, 2, 1, GP ss"
    })
    void itLeadsOutwardsOrStays(int cpl, int to, int stack, String outcome) {
        BareProcessor p = frame(cpl, code(to), 2, data(stack));
        long sp = p.cpu.r[X86Cpu.RSP];
        p.run("cf");
        int error = (outcome.endsWith("cs") ? code(to) : data(stack)) & ~3;
        assertThat(p.outcome()).isEqualTo(outcome.equals("ok") ? "ok" : "GP(%x)".formatted(error));
        if (outcome.equals("ok")) {
            assertThat(p.cpu.cpl).isEqualTo(to);
            assertThat(p.cpu.pc).isEqualTo(TARGET);
            assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(to == cpl ? sp + 12 : OUTER_STACK);
            assertThat(p.ringChanges().stream().map(Event.RingChange::cause))
                    .containsExactly(to == cpl ? new Event.Cause[0] : new Event.Cause[] {Event.Cause.INTERRUPT_RETURN});
        }
    }

    @Test
    void whatIsWrongWithTheFrameIsTold() {
        BareProcessor p = frame(0, 0, 2, 0);
        p.run("cf");
        assertThat(p.outcome()).as("null CS").isEqualTo("GP(0)");
        p = frame(0, data(0), 2, 0);
        p.run("cf");
        assertThat(p.outcome()).as("CS names data").isEqualTo("GP(10)");
        p = frame(0, code(3), 2, 3);
        p.run("cf");
        assertThat(p.outcome()).as("null SS for ring 3").isEqualTo("GP(0)");
        p = frame(0, code16(0), 2, 0);
        p.run("cf");
        assertThat(p.outcome()).as("EIP beyond 64 KiB of CS").isEqualTo("GP(0)");
        p = frame(0, code(3), 2, 0x400);
        p.run("cf");
        assertThat(p.outcome()).as("SS beyond the GDT").isEqualTo("GP(400)");
    }

    /**
     * From all-clear and from all-set flags: the bits that follow the frame, of IF 200, IOPL 3000 and the others
     * 255dd5.
     */
    @ParameterizedTest(name = "CPL {0}, IOPL {1}: loads {2}")
    @CsvSource({
        "0, 0, 257fd5",
        "0, 3, 257fd5",
        "1, 0, 254dd5",
        "1, 1, 254fd5",
        "2, 1, 254dd5",
        "2, 2, 254fd5",
        "3, 2, 254dd5",
        "3, 3, 254fd5"
    })
    void privilegeDecidesWhichFlagsItLoads(int cpl, int iopl, String loadable) {
        int mask = Integer.parseInt(loadable, 16);
        for (int before : new int[] {0, 0x4_4ed5}) { // without TF and RF, which end themselves
            for (int popped : new int[] {0, 0x24_4ed5 | 0x3000}) {
                BareProcessor p = frame(cpl, code(cpl), popped, 0);
                p.cpu.setEflags(before & ~X86Cpu.NT | iopl << 12);
                int old = p.cpu.eflags();
                p.run("cf");
                assertThat(p.outcome()).isEqualTo("ok");
                assertThat(p.cpu.eflags()).isEqualTo(old & ~mask | popped & mask | 2);
            }
        }
    }

    @Test
    void theSixteenBitFormLeavesTheUpperFlags() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.cpu.setEflags(X86Cpu.ID | X86Cpu.AC);
        long sp = p.cpu.r[X86Cpu.RSP];
        p.write(sp, 2, 0x5678);
        p.write(sp + 2, 2, code(0));
        p.write(sp + 4, 2, 0x246);
        p.run("66 cf");
        assertThat(p.cpu.eflags()).isEqualTo(X86Cpu.ID | X86Cpu.AC | 0x246);
        assertThat(p.cpu.pc).isEqualTo(0x5678);
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(sp + 6);
    }

    @Test
    void aSixteenBitStackKeepsTheUpperHalfOfEsp() {
        BareProcessor p = frame(0, code(3), 2, BareProcessor.SPARE | 3);
        p.describe(BareProcessor.SPARE, 0x0000_0000_0000_ffffL | BareProcessor.access(0x92, 3));
        long before = p.cpu.r[X86Cpu.RSP];
        p.run("cf");
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(before & 0xffff_0000L | OUTER_STACK & 0xffff);
        assertThat(p.cpu.seg[Instruction.SS].selector).isEqualTo(BareProcessor.SPARE | 3);
    }
}
