package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A region tells a loop where it is left, with how far it went: what the recorder hears is what the interpreter tells
 * block by block, wherever the loop is interrupted or left, and if an instruction in it misses the TLB or faults.
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                // MOV ECX, 20000; again: DEC RCX; MOV [RDI], AL; JNZ again; JMP to the first
                "b9204e0000 48ffc9 8807 75f9 ebf2",
                // MOV ECX, 20000; again: DEC ECX; JZ out; ADD [RDI], ECX; JMP again; out: JMP to the first
                "b9204e0000 ffc9 7404 010f ebf8 ebf1",
                // again: DEC ECX; TEST CL, 31; JZ skip; ADC [RDI], CL; skip: LEA EDX, [RDX + RCX]; JMP again
                "ffc9 f6c11f 7402 100f 8d140a ebf2",
                // again: DEC ECX; JS once; JP once; JNZ again; once: XOR [RDI], ECX; JMP again
                "ffc9 7804 7a02 75f8 310f ebf4",
            })
    void loopsAreInterruptedAnywhere(String code) {
        program(code);
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 60; i++) {
            run(1 + random.nextInt(random.nextBoolean() ? 10 : 50_000));
            if (i % 3 == 0) {
                one.cpu().paging.flushAll();
                other.cpu().paging.flushAll();
            }
        }
        assertThat(interpreted.cpu.stop).isNull();
        assertThat(compiled.interpreter.compiledInstructions()).isGreaterThan(compiled.cpu.retired / 2);
        assertThat(compiled.longest).isEqualTo(FULL);
    }

    /** Up to the end of the page. There are no handlers. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                // again: INC EDI; MOV [RDI], AL; TEST EDI, EDI; JNZ again
                "ffc7 8807 85ff 75f8",
                // again: ADD EDI, 1; MOV [RDI], AL; TEST EDI, EDI; JNZ again: the fault finds the flags of ADD
                "83c701 8807 85ff 75f7",
            })
    void loopsEndInAFault(String code) {
        program(code);
        while (interpreted.cpu.stop == null) {
            run(700);
        }
        assertThat(interpreted.cpu.retired).isGreaterThan(ProcessorCase.PAGE);
        assertThat(compiled.interpreter.compiledInstructions()).isPositive();
        assertThat(compiled.cpu.stop).isEqualTo(interpreted.cpu.stop);
    }
}
