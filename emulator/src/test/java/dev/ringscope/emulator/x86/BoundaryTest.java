package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.BareProcessor.PROGRAM;
import static dev.ringscope.emulator.x86.BareProcessor.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import org.junit.jupiter.api.Test;

/** What is taken between two instructions, and when (Intel SDM vol. 3A, 6.7 to 6.9; vol. 3B, 17.3). */
class BoundaryTest {
    private static final String NOP = "90";
    private static final String STI = "fb";
    private static final String MOV_SS = "8e d0";

    private final BareProcessor p = BareProcessor.protectedMode(0);
    private final X86Cpu cpu = p.cpu;

    @Test
    void anInterruptWaitsForIf() {
        p.interrupt(0x40);
        p.run(NOP);
        assertThat(p.outcome()).isEqualTo("ok");
        cpu.setEflags(X86Cpu.IF);
        p.run(NOP);
        assertThat(p.outcome()).isEqualTo("vector 64");
        assertThat(p.traps().getFirst().cause()).isEqualTo(Event.Cause.EXTERNAL_INTERRUPT);
        assertThat(p.traps().getFirst().position()).isEqualTo(2);
        assertThat(p.traps().getFirst().pc()).isEqualTo(PROGRAM + 2);
    }

    @Test
    void stiOpensIfBehindTheNextInstruction() {
        p.interrupt(0x40);
        p.run(STI);
        assertThat(p.outcome()).isEqualTo("ok");
        p.run(NOP);
        assertThat(p.outcome()).isEqualTo("vector 64");
        assertThat(p.traps().getFirst().pc()).isEqualTo(PROGRAM + 2);
    }

    @Test
    void aSecondStiHasNoShadow() {
        p.run(STI);
        p.run(NOP);
        p.interrupt(0x40);
        p.run(STI);
        assertThat(p.outcome()).isEqualTo("vector 64");
    }

    @Test
    void stiAndHltLeaveNoGapForAnInterrupt() {
        p.interrupt(0x40);
        p.run(STI);
        p.run("f4");
        assertThat(p.outcome()).isEqualTo("vector 64");
        assertThat(cpu.halted).isFalse();
        assertThat(p.traps().getFirst().pc()).as("HLT is behind us").isEqualTo(PROGRAM + 2);
    }

    @Test
    void hltSleepsUntilAnInterruptComes() {
        cpu.setEflags(X86Cpu.IF);
        p.run("f4");
        assertThat(cpu.halted).isTrue();
        p.interrupt(0x40);
        cpu.service();
        assertThat(cpu.halted).isFalse();
        assertThat(p.outcome()).isEqualTo("vector 64");
    }

    @Test
    void movSsHoldsBackInterruptsAndSingleSteps() {
        cpu.r[X86Cpu.RAX] = BareProcessor.data(0);
        cpu.setEflags(X86Cpu.IF | X86Cpu.TF);
        p.interrupt(0x40);
        p.run(MOV_SS);
        assertThat(p.outcome()).isEqualTo("ok");
        p.run(NOP);
        assertThat(p.outcome()).as("the trap goes before the interrupt").isEqualTo("DB");
        assertThat(p.traps()).hasSize(1); // its gate has cleared IF
    }

    @Test
    void anNmiIsTakenWithoutIfAndBlocksTheNextUntilIret() {
        cpu.interrupts.nmi();
        p.run(NOP);
        assertThat(p.traps()).hasSize(1);
        assertThat(p.traps().getFirst().cause()).isEqualTo(Event.Cause.NMI);
        cpu.interrupts.nmi();
        p.run(NOP);
        assertThat(p.traps()).hasSize(1);
        p.run("cf");
        assertThat(p.traps().size())
                .as("the frame was popped, so the next is taken")
                .isEqualTo(2);
    }

    @Test
    void tfTrapsBehindEachInstructionButNotBehindTheOneThatSetsIt() {
        p.write(cpu.r[X86Cpu.RSP], 4, 0x102);
        p.run("9d");
        assertThat(p.outcome()).isEqualTo("ok");
        p.run(NOP);
        assertThat(p.outcome()).isEqualTo("DB");
        assertThat(cpu.dr[6] & 0x400f).isEqualTo(0x4000);
        assertThat(p.traps().getFirst().pc()).isEqualTo(PROGRAM + 2);
        assertThat(cpu.flag(X86Cpu.TF)).as("handlers are not stepped").isFalse();
        assertThat(p.read(cpu.r[X86Cpu.RSP] + 8, 4)).as("flags with TF").isEqualTo(0x102);
    }

    @Test
    void clearingTfStillTrapsBehindThatInstruction() {
        cpu.setEflags(X86Cpu.TF);
        p.write(cpu.r[X86Cpu.RSP], 4, 2);
        p.run("9d");
        assertThat(p.outcome()).isEqualTo("DB");
    }

    @Test
    void intClearsTfWithoutATrap() {
        cpu.setEflags(X86Cpu.TF);
        p.run("cd 40");
        assertThat(p.traps()).hasSize(1);
        assertThat(p.outcome()).isEqualTo("vector 64");
    }

    @Test
    void eachIterationOfARepeatedInstructionIsAStep() {
        for (String repeated : new String[] {"f3 aa", "f3 6c"}) {
            BareProcessor q = BareProcessor.protectedMode(0);
            q.cpu.r[X86Cpu.RDI] = 0x8000;
            q.cpu.r[X86Cpu.RCX] = 2;
            q.cpu.setEflags(X86Cpu.TF);
            q.run(repeated);
            assertThat(q.cpu.r[X86Cpu.RCX]).isEqualTo(1);
            assertThat(q.outcome()).isEqualTo("DB");
            assertThat(q.traps().getFirst().position()).isZero();
            assertThat(q.traps().getFirst().pc()).isEqualTo(PROGRAM);
            assertThat(q.read(q.cpu.r[X86Cpu.RSP] + 8, 4)).as("with RF").isEqualTo(X86Cpu.RF | X86Cpu.TF | 2);
            q.run("cf");
            q.step();
            assertThat(q.cpu.r[X86Cpu.RCX]).isZero();
            assertThat(q.traps()).hasSize(2);
            assertThat(q.traps().getLast().pc()).isEqualTo(PROGRAM + 2);
            assertThat(q.read(q.cpu.r[X86Cpu.RSP] + 8, 4)).isEqualTo(X86Cpu.TF | 2);
        }
    }

    @Test
    void aFaultWithTfTrapsOnlyOnce() {
        cpu.setEflags(X86Cpu.TF);
        p.run("0f 0b");
        assertThat(p.traps()).hasSize(1);
        p.run(NOP);
        assertThat(p.traps()).as("TF is clear in the handler").hasSize(1);
    }

    @Test
    void anInstructionBreakpointIsAFaultOnceAndRfPassesIt() {
        cpu.dr[0] = PROGRAM + 1;
        cpu.dr[7] = 0x401;
        cpu.paging.debugRegisters.changed();
        p.run(NOP);
        assertThat(p.outcome()).isEqualTo("DB");
        assertThat(p.traps().getFirst().pc()).isEqualTo(PROGRAM + 1);
        assertThat(cpu.dr[6] & 0x400f).isEqualTo(1);
        long sp = cpu.r[X86Cpu.RSP];
        assertThat(p.read(sp + 8, 4) & X86Cpu.RF).as("RF as pushed").isZero();
        p.write(sp + 8, 4, p.read(sp + 8, 4) | X86Cpu.RF);
        p.run("cf");
        assertThat(cpu.pc).isEqualTo(PROGRAM + 1);
        assertThat(p.traps()).hasSize(1);
        assertThat(cpu.flag(X86Cpu.RF)).isTrue();
        p.run(NOP);
        assertThat(p.traps()).hasSize(1);
        assertThat(cpu.flag(X86Cpu.RF)).as("RF holds for one instruction").isFalse();
    }

    @Test
    void aDataBreakpointTrapsBehindTheInstruction() {
        cpu.dr[2] = 0x8004;
        cpu.dr[7] = 0x400 | 1 << 4 | 0xdL << 24; // writes of four bytes
        cpu.paging.debugRegisters.changed();
        cpu.r[X86Cpu.RBX] = 0x8000;
        p.run("89 43 01"); // 0x8001 to 0x8004
        assertThat(p.outcome()).isEqualTo("DB");
        assertThat(cpu.dr[6] & 0x400f).isEqualTo(4);
        assertThat(p.traps().getFirst().pc()).isEqualTo(PROGRAM + 3);
        assertThat(p.traps().getFirst().position()).isEqualTo(1);
    }

    @Test
    void askingTwiceAtOneBoundaryChangesNothing() {
        p.write(cpu.r[X86Cpu.RSP], 4, PROGRAM + 1);
        p.write(cpu.r[X86Cpu.RSP] + 4, 4, code(0));
        p.write(cpu.r[X86Cpu.RSP] + 8, 4, X86Cpu.RF | X86Cpu.TF);
        p.run("cf");
        for (int n = 0; n < 3; n++) {
            cpu.service();
            assertThat(cpu.flag(X86Cpu.RF)).isTrue();
            assertThat(p.traps()).isEmpty();
        }
        p.run(NOP);
        cpu.service();
        assertThat(p.traps()).hasSize(1);
    }

    @Test
    void hltIsForRingZero() {
        BareProcessor q = BareProcessor.protectedMode(3);
        q.run("f4");
        assertThat(q.outcome()).isEqualTo("GP(0)");
        assertThat(q.cpu.halted).isFalse();
        assertThat(q.cpu.seg[1].selector).isEqualTo(code(0));
    }
}
