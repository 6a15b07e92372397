package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.memory.Ports;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A program goes through memory that grows under its compiled code, beside one that is interpreted in whole memory. */
class GrowingMemoryTierTest {
    private static final int SIZE = 64 << 20;
    private static final int CODE = 0x1_0000;
    /**
     * Stores the counter at RDI, adds up what is there and 1 MiB farther on, goes 256 KiB and 5 bytes on, and begins
     * again from 2 MiB where 60 MiB are reached.
     */
    private static final String WALK =
            "48890f 480307 48038700001000 4881c705000400 48ffc1 4881ff0000c003 72e3" + " 48c7c700002000 ebda";

    private static X86Cpu processor(PhysicalMemory memory) {
        X86Cpu cpu = new X86Cpu(memory, new Ports());
        byte[] code = HexFormat.of().parseHex(WALK.replace(" ", ""));
        memory.load(CODE, code, 0, code.length);
        memory.write(0x1000, 8, 0x2007);
        memory.write(0x2000, 8, 0x3007);
        for (int n = 0; n < SIZE >> 21; n++) {
            memory.write(0x3000 + 8 * n, 8, (long) n << 21 | 0x83);
        }
        cpu.efer = X86Cpu.EFER_LME | X86Cpu.EFER_LMA;
        cpu.cr4 = X86Cpu.CR4_PAE;
        cpu.cr0 = X86Cpu.CR0_PE | X86Cpu.CR0_PG;
        cpu.cr3 = 0x1000;
        cpu.cpl = 0;
        cpu.seg[Instruction.CS].set(8, 0, 0xffff_ffffL, 0x9b | Segment.LONG | Segment.GRANULAR);
        cpu.seg[Instruction.SS].set(16, 0, 0xffff_ffffL, 0x93 | Segment.BIG | Segment.GRANULAR);
        cpu.r[X86Cpu.RDI] = 2 << 20;
        cpu.pc = CODE;
        cpu.modeChanged();
        return cpu;
    }

    @ParameterizedTest(name = "compiled after {0} executions, accesses logged: {1}")
    @CsvSource({"0, false", "3, false", "3, true", "20, false", "20, true", "40, false", "1000, true"})
    void nothingShowsThatItGrows(int executions, boolean logged) {
        TierSide known = new TierSide(processor(new PhysicalMemory(SIZE, new byte[0])), logged, 0);
        TierSide grows = new TierSide(processor(PhysicalMemory.growing(SIZE)), logged, executions);
        SplittableRandom random = new SplittableRandom(executions);
        assertThat(grows.cpu.memory.bytes).hasSizeLessThan(SIZE / 8);
        while (known.cpu.retired < 200_000) {
            long step = 1 + random.nextInt(known.cpu.retired < 3_000 ? 100 : 20_000);
            known.run(step);
            grows.run(step);
            assertThat(grows.registers()).isEqualTo(known.registers());
            assertThat(grows.told()).isEqualTo(known.told());
            assertThat(grows.state()).isEqualTo(known.state());
            assertThat(grows.cpu.stop).isNull();
        }
        assertThat(grows.cpu.memory.whole()).isEqualTo(known.cpu.memory.whole());
        assertThat(grows.cpu.memory.pageFlags).isEqualTo(known.cpu.memory.pageFlags);
        assertThat(grows.cpu.memory.lines).isEqualTo(known.cpu.memory.lines);
        assertThat(grows.interpreter.compiledInstructions() > 50_000).isEqualTo(executions > 0);
    }
}
