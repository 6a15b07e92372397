package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.BareProcessor.HANDLERS;
import static dev.ringscope.emulator.x86.BareProcessor.code;
import static dev.ringscope.emulator.x86.BareProcessor.stackTop;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Instruction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Virtual-8086 mode: in by IRET, out by interrupts, and what IOPL and CR4.VME make of the sensitive instructions (SDM
 * vol. 3B, ch. 20).
 */
class Virtual8086Test {
    private static final int CS = 0x1000, SS = 0x2000, ES = 0x3111, DS = 0x3222, FS = 0x3333, GS = 0x3444;

    private static BareProcessor entered(int iopl, int moreFlags) {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.write(BareProcessor.TSS + 0x66, 2, 0x88); // I/O map; the redirection map lies at 0x68
        int[] frame = {0, CS, X86Cpu.VM | iopl << 12 | moreFlags, 0x800, SS, ES, DS, FS, GS};
        for (int n = 0; n < frame.length; n++) {
            p.write(p.cpu.r[X86Cpu.RSP] + 4 * n, 4, frame[n]);
        }
        p.run("cf");
        assertThat(p.cpu.mode()).isEqualTo(Event.Mode.V86);
        return p;
    }

    @Test
    void iretEntersAndAnInterruptLeaves() {
        BareProcessor p = entered(3, X86Cpu.IF);
        assertThat(p.cpu.cpl).isEqualTo(3);
        assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(0x800);
        assertThat(p.cpu.seg[Instruction.GS].base).isEqualTo(GS << 4);
        assertThat(p.cpu.seg[Instruction.ES].limit).isEqualTo(0xffff);
        p.gate(0x30, 0x8e | 0x60, code(0), HANDLERS);
        p.run("cd 30");
        assertThat(p.cpu.mode()).isEqualTo(Event.Mode.PROTECTED32);
        long sp = p.cpu.r[X86Cpu.RSP];
        assertThat(sp).isEqualTo(stackTop(0) - 36);
        int[] expected = {2, CS, X86Cpu.VM | 0x3202, 0x800, SS, ES, DS, FS, GS};
        for (int n = 0; n < expected.length; n++) {
            assertThat(p.read(sp + 4 * n, 4)).as("doubleword " + n).isEqualTo(expected[n]);
        }
        for (int segment : new int[] {Instruction.ES, Instruction.DS, Instruction.FS, Instruction.GS}) {
            assertThat(p.cpu.seg[segment].selector).isZero();
        }
        assertThat(p.ringChanges().stream().map(Event.RingChange::toMode))
                .containsExactly(Event.Mode.V86, Event.Mode.PROTECTED32);
    }

    /** {@code ok} or #GP(0) with IOPL 3 and IOPL 0. HLT and privileged instructions are refused always. */
    @ParameterizedTest(name = "{0}: IOPL 3 {1}, IOPL 0 {2}")
    @CsvSource({
        "fa, ok, GP(0)",
        "fb, ok, GP(0)",
        "9c, ok, GP(0)",
        "9d, ok, GP(0)",
        "cf, ok, GP(0)",
        "cd 30, vector 48, GP(0)",
        "cc, vector 3, vector 3",
        "f4, GP(0), GP(0)",
        "0f 01 16 00 00, GP(0), GP(0)",
        "0f 00 d8, UD, UD",
        "63 c0, UD, UD",
        "8e d8, ok, ok",
        "ea 00 00 00 10, ok, ok"
    })
    void iopl3GuardsTheInterruptFlag(String instruction, String atThree, String atZero) {
        for (int iopl : new int[] {3, 0}) {
            BareProcessor p = entered(iopl, 0);
            p.gate(3, 0xee, code(0), HANDLERS);
            p.gate(0x30, 0xee, code(0), HANDLERS);
            p.run(instruction);
            assertThat(p.outcome()).isEqualTo(iopl == 3 ? atThree : atZero);
        }
    }

    @Test
    void portsGoByTheBitmapWhateverIopl() {
        BareProcessor p = entered(3, 0);
        p.write(BareProcessor.TSS + 0x88, 1, 0xfe);
        p.run("e4 00");
        assertThat(p.outcome()).isEqualTo("ok");
        p.run("e4 01");
        assertThat(p.outcome()).isEqualTo("GP(0)");
    }

    @Test
    void anInterruptToCodeThatIsNotRingZeroIsRefused() {
        BareProcessor p = entered(3, 0);
        p.gate(0x30, 0xee, code(1), HANDLERS);
        p.run("cd 30");
        assertThat(p.outcome()).isEqualTo("GP(18)");
    }

    @Test
    void withVmeIntGoesToTheProgramsOwnTableIfItsBitIsClear() {
        for (int iopl : new int[] {3, 0}) {
            BareProcessor p = entered(iopl, iopl == 3 ? X86Cpu.IF : X86Cpu.VIF);
            p.cpu.cr4 |= X86Cpu.CR4_VME;
            p.write(4 * 0x30, 4, 0x1234_5678L);
            p.run("cd 30");
            assertThat(p.cpu.mode()).isEqualTo(Event.Mode.V86);
            assertThat(p.cpu.seg[Instruction.CS].selector).isEqualTo(0x1234);
            assertThat(p.cpu.pc).isEqualTo(0x5678);
            assertThat(p.cpu.r[X86Cpu.RSP]).isEqualTo(0x7fa);
            assertThat(p.read((SS << 4) + 0x7fe, 2))
                    .as("flags with IF and IOPL 3")
                    .isEqualTo(0x3202);
            assertThat(p.cpu.flag(iopl == 3 ? X86Cpu.IF : X86Cpu.VIF)).isFalse();
        }
        BareProcessor p = entered(0, 0);
        p.cpu.cr4 |= X86Cpu.CR4_VME;
        p.write(BareProcessor.TSS + 0x68 + 6, 1, 1);
        p.run("cd 30");
        assertThat(p.outcome()).as("its bit is set").isEqualTo("GP(0)");
    }

    @Test
    void withPviRing3WorksOnVif() {
        BareProcessor p = BareProcessor.protectedMode(3);
        p.cpu.cr4 |= X86Cpu.CR4_PVI;
        p.run("fb");
        assertThat(p.cpu.flag(X86Cpu.VIF)).isTrue();
        assertThat(p.cpu.flag(X86Cpu.IF)).isFalse();
        p.run("fa");
        assertThat(p.cpu.flag(X86Cpu.VIF)).isFalse();
        p = BareProcessor.protectedMode(2);
        p.cpu.cr4 |= X86Cpu.CR4_PVI;
        p.run("fb");
        assertThat(p.outcome()).isEqualTo("GP(0)");
    }

    @Test
    void withVmeTheProgramWorksOnVif() {
        BareProcessor p = entered(0, X86Cpu.IF);
        p.cpu.cr4 |= X86Cpu.CR4_VME;
        p.run("fb");
        assertThat(p.cpu.flag(X86Cpu.VIF)).isTrue();
        p.run("9c");
        assertThat(p.read((SS << 4) + 0x7fe, 2)).isEqualTo(0x3202);
        p.run("fa");
        assertThat(p.cpu.flag(X86Cpu.VIF)).isFalse();
        assertThat(p.cpu.flag(X86Cpu.IF)).isTrue();
        p.run("9d");
        assertThat(p.cpu.flag(X86Cpu.VIF)).isTrue();
        assertThat(p.cpu.iopl()).isZero();
        p.cpu.systemFlags = p.cpu.systemFlags & ~X86Cpu.VIF | X86Cpu.VIP;
        p.run("fb");
        assertThat(p.outcome()).as("STI with VIP").isEqualTo("GP(0)");
    }
}
