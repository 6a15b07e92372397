package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CLI, STI, POPF and PUSHF against IOPL (Intel SDM vol. 2, tables 4-1, 4-15 and those of CLI and STI). */
class FlagPrivilegeTest {
    /** The columns are IOPL 0 to 3. */
    @ParameterizedTest(name = "{0}, CPL {1}: {2}")
    @CsvSource({
        "fa, 0, . . . .", "fa, 1, ! . . .", "fa, 2, ! ! . .", "fa, 3, ! ! ! .",
        "fb, 0, . . . .", "fb, 1, ! . . .", "fb, 2, ! ! . .", "fb, 3, ! ! ! ."
    })
    void cliAndStiNeedIopl(String instruction, int cpl, String byIopl) {
        for (int iopl = 0; iopl < 4; iopl++) {
            BareProcessor p = BareProcessor.protectedMode(cpl);
            boolean sti = instruction.equals("fb");
            p.cpu.setEflags(iopl << 12 | (sti ? 0 : X86Cpu.IF));
            p.run(instruction);
            boolean allowed = byIopl.charAt(2 * iopl) == '.';
            assertThat(p.outcome()).as("IOPL " + iopl).isEqualTo(allowed ? "ok" : "GP(0)");
            if (allowed) {
                assertThat(p.cpu.flag(X86Cpu.IF)).isEqualTo(sti);
            }
        }
    }

    /** POPF never faults here: it leaves what the ring may not change. IF is 200, IOPL 3000. */
    @ParameterizedTest(name = "CPL {0}, IOPL {1}: {2} follow")
    @CsvSource({"0, 0, 3200", "0, 3, 3200", "1, 0, 0", "1, 1, 200", "2, 1, 0", "3, 2, 0", "3, 3, 200"})
    void popfLeavesWhatTheRingMayNotChange(int cpl, int iopl, String loadable) {
        int mask = Integer.parseInt(loadable, 16) | 0x24_4cd5;
        for (int popped : new int[] {0, 0x3d_7ed5}) { // RF, VM, VIF and VIP too, which it never sets
            BareProcessor p = BareProcessor.protectedMode(cpl);
            p.cpu.setEflags(iopl << 12 | X86Cpu.IF);
            int old = p.cpu.eflags();
            p.write(p.cpu.r[X86Cpu.RSP], 4, popped);
            p.run("9d");
            assertThat(p.outcome()).isEqualTo("ok");
            assertThat(p.cpu.eflags()).isEqualTo(old & ~mask | popped & mask | 2);
        }
    }

    @Test
    void pushfShowsNeitherVmNorRf() {
        BareProcessor p = BareProcessor.protectedMode(0);
        p.cpu.setEflags(X86Cpu.RF | X86Cpu.ID | X86Cpu.IF);
        p.run("9c");
        assertThat(p.read(p.cpu.r[X86Cpu.RSP], 4)).isEqualTo(X86Cpu.ID | X86Cpu.IF | 2);
    }
}
