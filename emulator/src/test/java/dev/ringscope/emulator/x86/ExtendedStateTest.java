package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FXSAVE, XSAVE and their counterparts, MXCSR, and the state of a whole processor in a checkpoint. */
class ExtendedStateTest {
    private static final String FXSAVE = "0f ae 00", FXRSTOR = "0f ae 08", XSAVE = "0f ae 20", XRSTOR = "0f ae 28";
    private static final int AREA = 0x8000;

    private static BareProcessor ready() {
        BareProcessor p = BareProcessor.longMode(0);
        p.cpu.cr4 |= X86Cpu.CR4_OSFXSR | X86Cpu.CR4_OSXSAVE;
        p.cpu.system.xcr0 = 3;
        for (int half = 0; half < 32; half++) {
            p.cpu.xmm[half] = 0x1111_1111_1111_1111L * (half & 15);
        }
        p.cpu.mxcsr.value = 0x9fc0;
        p.cpu.fpu.setControl(0x27f);
        p.cpu.fpu.setStatus(0x3800);
        p.cpu.fpu.setAbridgedTag(0x80);
        p.cpu.fpu.setRegister(0, 0x3fff, 0x8000_0000_0000_0001L);
        return p;
    }

    private static BareProcessor run(BareProcessor p, String code, int address, long mask) {
        p.cpu.r[X86Cpu.RAX] = mask & 0xffff_ffffL;
        p.cpu.r[X86Cpu.RDX] = 0;
        p.cpu.r[X86Cpu.RBX] = address;
        p.run(code.substring(0, 6) + "%02x".formatted(Integer.parseInt(code.substring(6), 16) | 3)); // [rbx]
        return p;
    }

    @Test
    void fxsaveLaysTheStateOutAsTheManualSays() {
        BareProcessor p = run(ready(), FXSAVE, AREA, 0);
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.read(AREA, 4)).isEqualTo(0x3800_027fL);
        assertThat(p.read(AREA + 4, 2)).isEqualTo(0x80);
        assertThat(p.read(AREA + 24, 8)).isEqualTo(0x0000_ffff_0000_9fc0L);
        assertThat(p.read(AREA + 32, 8)).isEqualTo(0x8000_0000_0000_0001L);
        assertThat(p.read(AREA + 40, 8)).isEqualTo(0x3fff);
        for (int half = 0; half < 32; half++) {
            assertThat(p.read(AREA + 160 + 8 * half, 8)).isEqualTo(p.cpu.xmm[half]);
        }
        assertThat(p.read(AREA + 416, 8)).as("behind XMM15 nothing is written").isZero();
    }

    @Test
    void fxrstorBringsBackWhatFxsaveLeft() {
        BareProcessor p = run(ready(), FXSAVE, AREA, 0);
        long[] before = p.cpu.xmm.clone();
        Arrays.fill(p.cpu.xmm, 0);
        p.cpu.mxcsr.value = 0x1f80;
        p.cpu.fpu.init();
        run(p, FXRSTOR, AREA, 0);
        assertThat(p.cpu.xmm).isEqualTo(before);
        assertThat(p.cpu.mxcsr.value).isEqualTo(0x9fc0);
        assertThat(p.cpu.fpu.status()).isEqualTo(0x3800);
        assertThat(p.cpu.fpu.abridgedTag()).isEqualTo(0x80);
        assertThat(p.cpu.fpu.significand(0)).isEqualTo(0x8000_0000_0000_0001L);
    }

    @Test
    void xsaveWritesWhatIsAskedForAndXrstorInitializesWhatIsMissing() {
        BareProcessor p = run(ready(), XSAVE, AREA, 2);
        assertThat(p.read(AREA + 512, 8)).isEqualTo(2);
        assertThat(p.read(AREA, 4)).as("x87 was not asked for").isZero();
        assertThat(p.read(AREA + 160 + 8, 8)).isEqualTo(p.cpu.xmm[1]);
        run(p, XRSTOR, AREA, 3);
        assertThat(p.outcome()).isEqualTo("ok");
        assertThat(p.cpu.fpu.control()).isEqualTo(0x37f);
        assertThat(p.cpu.fpu.abridgedTag()).isZero();
        assertThat(p.cpu.mxcsr.value).isEqualTo(0x9fc0);
        p.write(AREA + 512, 8, 0);
        run(p, XRSTOR, AREA, 3);
        assertThat(p.cpu.xmm).containsOnly(0);
        run(p, XSAVE, AREA, -1);
        assertThat(p.read(AREA + 512, 8)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"512, 4", "519, 80", "520, 1", "528, 1", "24, ffff0000"})
    void xrstorRefusesAnAreaWithReservedBits(int offset, String value) {
        BareProcessor p = run(ready(), XSAVE, AREA, 3);
        p.write(AREA + offset, offset == 519 ? 1 : 4, Long.parseLong(value, 16));
        long[] before = p.cpu.xmm.clone();
        assertThat(run(p, XRSTOR, AREA, 3).outcome()).isEqualTo("GP(0)");
        assertThat(p.cpu.xmm).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"0f ae 00, 8", "0f ae 08, 8", "0f ae 20, 32", "0f ae 28, 48"})
    void areasMustBeAligned(String code, int by) {
        assertThat(run(ready(), code, AREA + by, 3).outcome()).isEqualTo("GP(0)");
    }

    @ParameterizedTest
    @CsvSource({"0f ae 00", "0f ae 08", "0f ae 20", "0f ae 28"})
    void taskSwitchedMakesThemUnavailable(String code) {
        BareProcessor p = ready();
        p.cpu.cr0 |= X86Cpu.CR0_TS;
        assertThat(run(p, code, AREA, 3).outcome()).isEqualTo("NM");
    }

    @Test
    void xsaveNeedsOsxsave() {
        BareProcessor p = ready();
        p.cpu.cr4 &= ~X86Cpu.CR4_OSXSAVE;
        assertThat(run(p, XSAVE, AREA, 3).outcome()).isEqualTo("UD");
        assertThat(run(BareProcessor.longMode(0), XRSTOR, AREA, 3).outcome()).isEqualTo("UD");
    }

    @Test
    void ldmxcsrRefusesReservedBits() {
        BareProcessor p = ready();
        p.write(AREA, 4, 0x1_1f80);
        assertThat(run(p, "0f ae 10", AREA, 0).outcome()).isEqualTo("GP(0)");
        p = ready();
        p.write(AREA, 4, 0x5f80);
        run(p, "0f ae 10", AREA, 0);
        run(p, "0f ae 18", AREA + 4, 0);
        assertThat(p.read(AREA + 4, 4)).isEqualTo(0x5f80);
    }

    @Test
    void stateOfAProcessorComesBackWhole() {
        BareProcessor p = ready();
        run(p, XSAVE, AREA, 3);
        p.cpu.cr2 = 0x1234;
        p.cpu.lstar = 0xffff_ffff_8000_0000L;
        p.cpu.setArithmetic(0x8d5);
        p.cpu.system.msrs.write(0x10, 99);
        p.cpu.system.nextRandom();
        StateOutput out = new StateOutput();
        CpuState.save(p.cpu, out);

        BareProcessor other = BareProcessor.real();
        StateInput in = new StateInput("processor", out.toByteArray());
        CpuState.load(other.cpu, in);
        in.end();
        StateOutput again = new StateOutput();
        CpuState.save(other.cpu, again);
        assertThat(again.toByteArray()).isEqualTo(out.toByteArray());
        assertThat(other.cpu.eflags()).isEqualTo(p.cpu.eflags());
        assertThat(other.cpu.mode()).isEqualTo(p.cpu.mode());
        assertThat(other.cpu.codeKey).isEqualTo(p.cpu.codeKey);
        assertThat(other.cpu.system.nextRandom()).isEqualTo(p.cpu.system.nextRandom());
    }
}
