package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.BareProcessor.PROGRAM;
import static dev.ringscope.emulator.x86.BareProcessor.STACKS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Instruction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real-address mode (Intel SDM vol. 3B, 20.1): the interrupt table, far transfers, and the way into protected mode. */
class RealModeTest {
    private final BareProcessor p = BareProcessor.real();
    private final X86Cpu cpu = p.cpu;

    @BeforeEach
    void vector30() {
        p.write(4 * 0x30, 4, 0x3000_1234L);
    }

    @Test
    void anInterruptPushesThreeWordsAndClearsIfAndTf() {
        cpu.setEflags(X86Cpu.IF | X86Cpu.AC | 1);
        p.run("cd 30");
        assertThat(cpu.seg[Instruction.CS].base).isEqualTo(0x30000);
        assertThat(cpu.pc).isEqualTo(0x1234);
        assertThat(cpu.r[X86Cpu.RSP]).isEqualTo(0xffa);
        assertThat(p.read(STACKS + 0xffa, 2)).isEqualTo(2);
        assertThat(p.read(STACKS + 0xffc, 2)).isEqualTo(PROGRAM >> 4);
        assertThat(p.read(STACKS + 0xffe, 2)).isEqualTo(0x203);
        assertThat(cpu.eflags()).isEqualTo(3);
        p.run("cf");
        assertThat(cpu.pc).isEqualTo(2);
        assertThat(cpu.eflags()).isEqualTo(0x203);
        assertThat(cpu.r[X86Cpu.RSP]).isEqualTo(0x1000);
        assertThat(p.ringChanges()).isEmpty();
    }

    @Test
    void exceptionsPushNoErrorCode() {
        cpu.idtrLimit = 0x3ff;
        p.write(4 * 13, 4, 0x3000_0d0dL);
        p.run("66 67 a1 00 00 01 00"); // beyond the limit of DS
        assertThat(p.outcome()).isEqualTo("GP(0)");
        assertThat(cpu.r[X86Cpu.RSP]).isEqualTo(0xffa);
        assertThat(p.read(STACKS + 0xffa, 2)).isZero();
    }

    @Test
    void theTableIsWhereIdtrSays() {
        cpu.idtrBase = 0x7000;
        cpu.idtrLimit = 0x30 * 4 + 3;
        p.write(0x7000 + 4 * 0x30, 4, 0x3000_5678L);
        p.run("cd 30");
        assertThat(cpu.pc).isEqualTo(0x5678);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0f 00 d8", "0f 00 d0", "0f 00 c8", "0f 02 c0", "0f 03 c0", "0f 00 e0", "0f 00 e8", "63 c0"})
    void instructionsOnSelectorsDoNotExist(String instruction) {
        p.run(instruction);
        assertThat(p.outcome()).isEqualTo("UD");
    }

    @Test
    void farCallsAndReturnsTakeParagraphs() {
        p.run("9a 78 56 00 30");
        assertThat(cpu.seg[Instruction.CS].selector).isEqualTo(0x3000);
        assertThat(cpu.pc).isEqualTo(0x5678);
        p.run("cb");
        assertThat(cpu.seg[Instruction.CS].selector).isEqualTo(PROGRAM >> 4);
        assertThat(cpu.pc).isEqualTo(5);
        assertThat(cpu.r[X86Cpu.RSP]).isEqualTo(0x1000);
    }

    @Test
    void anOffsetBeyond64KiBIsRefused() {
        p.run("66 ea 00 00 01 00 00 30");
        assertThat(p.outcome()).isEqualTo("GP(0)");
        assertThat(cpu.retired).isZero();
    }

    @Test
    void portsAndTheInterruptFlagAreFree() {
        p.run("fa");
        p.run("e4 80");
        p.run("fb");
        assertThat(p.outcome()).isEqualTo("ok");
    }

    @Test
    void intoProtectedModeByCr0AndAFarJump() {
        p.write(0x9008, 8, 0x00cf_9a00_0000_ffffL);
        cpu.gdtrBase = 0x9000;
        cpu.gdtrLimit = 15;
        cpu.r[X86Cpu.RAX] = 0x11;
        p.run("0f 22 c0");
        assertThat(cpu.mode()).isEqualTo(Event.Mode.PROTECTED16);
        assertThat(cpu.pc).isEqualTo(3);
        p.run("66 ea 00 00 01 00 08 00");
        assertThat(cpu.mode()).isEqualTo(Event.Mode.PROTECTED32);
        assertThat(cpu.pc).isEqualTo(PROGRAM);
        assertThat(p.ringChanges().stream().map(Event.RingChange::cause))
                .containsExactly(Event.Cause.CONTROL_REGISTER, Event.Cause.FAR_JUMP);
        assertThat(p.outcome()).isEqualTo("ok");
    }
}
