package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.Ports;
import org.junit.jupiter.api.Test;

/** The state after power-on, by Intel SDM vol. 3A, table 9-1. */
class ResetTest {
    private final X86Cpu cpu = new X86Cpu(new PhysicalMemory(0x1000, new byte[0]), new Ports());

    @Test
    void theFirstInstructionLiesSixteenBytesBelow4GiB() {
        assertThat(cpu.mode()).isEqualTo(Event.Mode.REAL);
        assertThat(cpu.seg[Instruction.CS].selector).isEqualTo(0xf000);
        assertThat(cpu.pcLinear()).isEqualTo(0xffff_fff0L);
        assertThat(cpu.codeSize()).isEqualTo(2);
        assertThat(cpu.cpl).isZero();
    }

    @Test
    void registersHaveTheManualsValues() {
        assertThat(cpu.eflags()).isEqualTo(2);
        assertThat(cpu.cr0).isEqualTo(0x6000_0010L);
        assertThat(cpu.cr4).isZero();
        assertThat(cpu.efer).isZero();
        assertThat(cpu.dr[6]).isEqualTo(0xffff_0ff0L);
        assertThat(cpu.dr[7]).isEqualTo(0x400);
        assertThat(cpu.mxcsr.value).isEqualTo(0x1f80);
        assertThat(cpu.idtrLimit).isEqualTo(0xffff);
        for (int n = 0; n < 16; n++) {
            if (n != X86Cpu.RDX) {
                assertThat(cpu.r[n]).as("register " + n).isZero();
            }
        }
        assertThat(cpu.r[X86Cpu.RDX] >> 8 & 0xf).as("family").isEqualTo(6);
        for (int segment : new int[] {0, 2, 3, 4, 5}) {
            Segment s = cpu.seg[segment];
            assertThat(s.selector).isZero();
            assertThat(s.base).isZero();
            assertThat(s.limit).isEqualTo(0xffff);
            assertThat(s.access).isEqualTo(0x93);
        }
    }

    @Test
    void powerOnAgainForgetsEverything() {
        BareProcessor p = BareProcessor.longMode(3);
        p.cpu.interrupts.nmi();
        p.cpu.halted = true;
        Reset.powerOn(p.cpu);
        assertThat(p.cpu.mode()).isEqualTo(Event.Mode.REAL);
        assertThat(p.cpu.cr0).isEqualTo(0x6000_0010L);
        assertThat(p.cpu.halted).isFalse();
        p.cpu.service();
        assertThat(p.traps()).isEmpty();
    }
}
