package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A region tells a loop of one block where it ends, with how long it was: what the recorder hears is what the
 * interpreter tells block by block, wherever the loop is interrupted, and if an instruction in it faults.
 */
class LoopFlowTest {
    /** A full piece of flow: a region that notes each block leaves some room for what may come. */
    private static final int FULL = 4096;

    private static final int RDI = 7;

    private final TierSide interpreted;
    private final TierSide compiled;
    private final EmulatedCpu one = new EmulatedCpu();
    private final EmulatedCpu other = new EmulatedCpu();

    LoopFlowTest() {
        interpreted = new TierSide(one.cpu(), false, 0);
        compiled = new TierSide(other.cpu(), false, 1);
    }

    /** At most 16 bytes; RDI is the beginning of a page. */
    private void program(String code) {
        ProcessorCase c = new ProcessorCase(null, 64);
        c.code = HexFormat.of().parseHex(code.replace(" ", ""));
        c.r[RDI] = ProcessorCase.SCRATCH;
        one.load(c);
        other.load(c);
        interpreted.cpu.pc = ProcessorCase.START;
        compiled.cpu.pc = ProcessorCase.START;
    }

    private void run(long step) {
        interpreted.run(step);
        compiled.run(step);
        assertThat(compiled.registers()).isEqualTo(interpreted.registers());
        assertThat(compiled.told()).isEqualTo(interpreted.told());
        assertThat(compiled.state()).isEqualTo(interpreted.state());
    }

    @Test
    void loopsAreInterruptedAnywhere() {
        // MOV ECX, 20000; again: DEC RCX; MOV [RDI], AL; JNZ again; JMP to the first
        program("b9204e0000 48ffc9 8807 75f9 ebf2");
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 40; i++) {
            run(1 + random.nextInt(random.nextBoolean() ? 10 : 50_000));
        }
        assertThat(interpreted.cpu.stop).isNull();
        assertThat(compiled.interpreter.compiledInstructions()).isGreaterThan(compiled.cpu.retired / 2);
        assertThat(compiled.longest).isEqualTo(FULL);
    }

    @Test
    void loopsEndInAFault() {
        // again: INC EDI; MOV [RDI], AL; TEST EDI, EDI; JNZ again: up to the end of the page. There are no handlers.
        program("ffc7 8807 85ff 75f8");
        while (interpreted.cpu.stop == null) {
            run(700);
        }
        assertThat(interpreted.cpu.retired).isGreaterThan(ProcessorCase.PAGE);
        assertThat(compiled.interpreter.compiledInstructions()).isPositive();
        assertThat(compiled.cpu.stop).isEqualTo(interpreted.cpu.stop);
    }
}
