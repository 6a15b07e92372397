package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a ring-3 process of the host cannot show about the x87 unit: its traps, its layouts in other modes, its second
 * face.
 */
class FpuTest {
    private static final int DATA = 0x18000;
    private static final String FADD = "d8 c1";
    private static final String FLD1 = "d9 e8";
    private static final String FLDZ = "d9 ee";
    private static final String FDIVP = "de f9";
    private static final String FWAIT = "9b";

    private static BareProcessor protectedMode() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.cpu.cr0 |= X86Cpu.CR0_NE;
        p.cpu.r[X86Cpu.RDX] = DATA;
        p.run("db e3");
        return p;
    }

    /** FLD1, FLDZ, FDIVP with ZE unmasked: an exception waits. */
    private static void leaveDivisionByZeroPending(BareProcessor p) {
        p.cpu.fpu.setControl(0x37b);
        p.run(FLD1);
        p.run(FLDZ);
        p.run(FDIVP);
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.cpu.fpu.status() & 0x8084).isEqualTo(0x8084);
    }

    @Test
    void taskSwitchedAndEmulationForbidEveryEscape() {
        for (long bit : new long[] {X86Cpu.CR0_TS, X86Cpu.CR0_EM}) {
            for (String code : new String[] {FADD, "db e3", "df e0", "d9 3a"}) {
                BareProcessor p = protectedMode();
                p.cpu.cr0 |= bit;
                p.run(code);
                assertThat(p.outcome()).as("%s with CR0 %x", code, p.cpu.cr0).isEqualTo("NM");
            }
        }
    }

    @Test
    void fwaitNeedsMonitorCoprocessorAndTaskSwitched() {
        long[] bits = {X86Cpu.CR0_TS, X86Cpu.CR0_EM, X86Cpu.CR0_MP, X86Cpu.CR0_TS | X86Cpu.CR0_MP};
        String[] outcomes = {"ok", "ok", "ok", "NM"};
        for (int n = 0; n < bits.length; n++) {
            BareProcessor p = protectedMode();
            p.cpu.cr0 |= bits[n];
            p.run(FWAIT);
            assertThat(p.outcome()).isEqualTo(outcomes[n]);
        }
    }

    @Test
    void pendingExceptionTrapsTheNextWaitingInstructionOnly() {
        BareProcessor p = protectedMode();
        leaveDivisionByZeroPending(p);
        p.run("df e0");
        assertThat(p.outcome()).isEqualTo("ok");
        p.run(FWAIT);
        assertThat(p.outcome()).isEqualTo("vector " + Fault.MF);
    }

    @Test
    void withoutNumericErrorThePinIsDrivenAndExecutionGoesOn() {
        BareProcessor p = protectedMode();
        List<Long> driven = new ArrayList<>();
        p.cpu.fpu.ferr = () -> driven.add(p.cpu.position());
        p.cpu.cr0 &= ~X86Cpu.CR0_NE;
        leaveDivisionByZeroPending(p);
        assertThat(driven).isEmpty();
        p.run(FWAIT);
        assertThat(driven).hasSize(1);
        assertThat(p.outcome()).isEqualTo("ok");
    }

    @Test
    void storeThatFaultsChangesNeitherStackNorStatus() {
        BareProcessor p = protectedMode();
        p.run(FLD1);
        p.run("d9 eb");
        int status = p.cpu.fpu.status();
        p.cpu.seg[3].limit = 0xffff;
        p.run("d9 1a");
        assertThat(p.outcome()).isEqualTo("GP(0)");
        assertThat(p.cpu.fpu.status()).isEqualTo(status);
        assertThat(p.cpu.fpu.abridgedTag()).isEqualTo(0xc0);
    }

    @Test
    void protectedModeEnvironmentOfWords() {
        BareProcessor p = protectedMode();
        long at = p.cpu.pc;
        p.run("d9 02");
        p.run("66 d9 32");
        assertThat(words(p, 7))
                .containsExactly(
                        0x37f,
                        0x3800,
                        0x7fff,
                        (int) at & 0xffff,
                        BareProcessor.code(0),
                        DATA & 0xffff,
                        BareProcessor.data(0));
        assertThat(p.cpu.fpu.control()).as("FNSTENV masks everything").isEqualTo(0x37f);
    }

    @Test
    void realModeEnvironmentHoldsLinearAddresses() {
        BareProcessor p = BareProcessor.real();
        p.run("db e3");
        p.cpu.r[X86Cpu.RSI] = 0x20;
        long instruction = p.cpu.codeLinear(p.cpu.pc);
        long operand = p.cpu.seg[3].base + 0x20;
        p.run("d9 04");
        p.cpu.seg[3].set(DATA >> 4, DATA, 0xffff, 0x93);
        p.cpu.r[X86Cpu.RSI] = 0;
        p.run("d9 34");
        assertThat(words(p, 7))
                .containsExactly(
                        0x37f,
                        0x3800,
                        0x7fff,
                        (int) instruction & 0xffff,
                        (int) (instruction >> 16) << 12 | 0x104,
                        (int) operand & 0xffff,
                        (int) (operand >> 16) << 12);
        p.run("66 d9 34");
        assertThat(p.read(DATA + 12, 4)).isEqualTo(instruction & 0xffff);
        assertThat(p.read(DATA + 16, 4)).isEqualTo(instruction >> 16 << 12 | 0x104);
        p.run("66 d9 24");
        assertThat(p.cpu.fpu.instructionOffset).isEqualTo(instruction);
        assertThat(p.cpu.fpu.dataOffset).isEqualTo(operand);
        assertThat(p.cpu.fpu.opcode).isEqualTo(0x104);
        assertThat(p.cpu.fpu.status()).isEqualTo(0x3800);
    }

    private static List<Integer> words(BareProcessor p, int count) {
        List<Integer> words = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            words.add((int) p.read(DATA + 2 * n, 2) & 0xffff);
        }
        return words;
    }

    @Test
    void mmxRegistersAreTheSignificands() {
        BareProcessor p = protectedMode();
        p.run(FLD1);
        X86Cpu cpu = p.cpu;
        cpu.requireMmx();
        cpu.setMm(2, 0x0123456789abcdefL);
        assertThat(cpu.fpu.status() & 0x3800).as("TOP").isZero();
        assertThat(cpu.fpu.abridgedTag()).isEqualTo(0xff);
        assertThat(cpu.fpu.se(2)).isEqualTo(0xffff);
        assertThat(cpu.fpu.significand(2)).isEqualTo(0x0123456789abcdefL);
        assertThat(cpu.mm(7)).as("ST(0) of TOP 7").isEqualTo(1L << 63);
        p.run("0f 77");
        assertThat(cpu.fpu.fullTag()).isEqualTo(0xffff);
    }

    @Test
    void mmxTrapsInItsOwnOrder() {
        BareProcessor p = protectedMode();
        p.cpu.cr0 |= X86Cpu.CR0_EM | X86Cpu.CR0_TS;
        assertThat(vectorOfMmx(p)).isEqualTo(Fault.UD);
        p.cpu.cr0 &= ~X86Cpu.CR0_EM;
        assertThat(vectorOfMmx(p)).isEqualTo(Fault.NM);
        p.cpu.cr0 &= ~X86Cpu.CR0_TS;
        leaveDivisionByZeroPending(p);
        assertThat(vectorOfMmx(p)).isEqualTo(Fault.MF);
    }

    private static int vectorOfMmx(BareProcessor p) {
        try {
            p.cpu.requireMmx();
            return -1;
        } catch (Fault fault) {
            return fault.vector;
        }
    }

    @Test
    void checkpointBringsEverythingBack() {
        BareProcessor p = protectedMode();
        leaveDivisionByZeroPending(p);
        p.cpu.fpu.setRegister(5, 0xc123, 0xdeadbeef12345678L);
        StateOutput out = new StateOutput();
        p.cpu.fpu.save(out);
        BareProcessor other = protectedMode();
        StateInput in = new StateInput("fpu", out.toByteArray());
        other.cpu.fpu.load(in);
        in.end();
        StateOutput again = new StateOutput();
        other.cpu.fpu.save(again);
        assertThat(again.toByteArray()).isEqualTo(out.toByteArray());
        assertThat(other.cpu.fpu.status()).isEqualTo(p.cpu.fpu.status());
        assertThat(other.cpu.fpu.significand(5)).isEqualTo(0xdeadbeef12345678L);
    }

    @Test
    void powerOnStateIsNotThatOfFninit() {
        Fpu fpu = new Fpu(BareProcessor.protectedMode(0).cpu);
        assertThat(fpu.control()).isEqualTo(0x40);
        assertThat(fpu.fullTag()).isEqualTo(0x5555);
        assertThat(fpu.status()).isZero();
    }
}
