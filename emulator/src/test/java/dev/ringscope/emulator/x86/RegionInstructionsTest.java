package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Def;
import dev.ringscope.emulator.insn.Encoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every instruction does in a compiled region what it does in the interpreter: random states and operands, with
 * registers, flags, memory, faults and what the recorder is told compared.
 */
class RegionInstructionsTest {
    private static final int CASES = 2;
    /** JMP to the next instruction: the block does not end by falling off into a trap. */
    private static final byte[] ONWARD = {(byte) 0xeb, 0};

    private final EmulatedCpu decoder = new EmulatedCpu();

    @ParameterizedTest(name = "accesses logged: {0}")
    @ValueSource(booleans = {false, true})
    void everyInstructionDoesTheSameInBothTiers(boolean logged) {
        EmulatedCpu one = new EmulatedCpu();
        EmulatedCpu other = new EmulatedCpu();
        TierSide interpreted = new TierSide(one.cpu(), logged, 0);
        TierSide compiled = new TierSide(other.cpu(), logged, 1);
        List<String> failures = new ArrayList<>();
        int compared = 0;
        for (Def def : X86Isa.table().definitions()) {
            for (Encoding encoding : def.encodings) {
                if (!encoding.has("i64")) {
                    CaseGenerator generator = new CaseGenerator(encoding.text.hashCode(), decoder);
                    for (int n = 0; n < CASES; n++) {
                        ProcessorCase c = generator.next(encoding, 64);
                        run(one, interpreted, c);
                        run(other, compiled, c);
                        compared++;
                        difference(interpreted, compiled, c).ifPresent(failures::add);
                    }
                }
            }
        }
        assertThat(failures).isEmpty();
        assertThat(compiled.interpreter.compiledInstructions()).isGreaterThan(compared);
    }

    /** Twice: the compiled tier has a region the second time. */
    private static void run(EmulatedCpu processor, TierSide side, ProcessorCase c) {
        side.interpreter.forgetBlocks();
        for (int time = 0; time < 2; time++) {
            side.cpu.stop = null;
            side.cpu.halted = false;
            side.cpu.shadowEnd = 0;
            side.cpu.cpl = 3;
            processor.load(c);
            System.arraycopy(ONWARD, 0, side.cpu.ram, ProcessorCase.START + c.code.length, ONWARD.length);
            side.cpu.pc = ProcessorCase.START;
            side.run(2);
        }
    }

    private static Optional<String> difference(TierSide a, TierSide b, ProcessorCase c) {
        String what = "";
        if (!Arrays.equals(a.state(), b.state())) {
            what += a.registers() + " but compiled " + b.registers() + "; ";
        }
        if (!Arrays.equals(a.cpu.ram, b.cpu.ram)) {
            what += "memory differs at %x; ".formatted(Arrays.mismatch(a.cpu.ram, b.cpu.ram));
        }
        List<String> told = a.told();
        List<String> other = b.told();
        if (!told.equals(other)) {
            what += "told " + told + " but compiled " + other;
        }
        return what.isEmpty() ? Optional.empty() : Optional.of(c + ": " + what);
    }
}
