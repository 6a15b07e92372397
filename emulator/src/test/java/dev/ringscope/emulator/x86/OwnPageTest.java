package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store into a page table ends the running block if that lies in the page that is taken away, in either tier. */
class OwnPageTest {
    /** AND QWORD [entry], ~1; INC EAX; JMP to the first. */
    private static final String PROGRAM = "48832425%08xfe ffc0 ebf3";

    private static final int ROUNDS = 500;

    @ParameterizedTest(name = "compiled after {0} executions: page {1}, {2} instructions a round")
    @CsvSource({"0, 0x10, 12", "2, 0x10, 12", "0, 0x20, 3", "2, 0x20, 3"})
    void theNextInstructionIsFetchedFromWhatTheTableSays(int executions, int page, int instructions) {
        X86Cpu cpu = new RandomProgram(1).processor();
        int entry = Integer.reverseBytes(RandomProgram.TABLE + 8 * page);
        byte[] program = HexFormat.of().parseHex(PROGRAM.formatted(entry).replace(" ", ""));
        System.arraycopy(program, 0, cpu.ram, RandomProgram.CODE, program.length);
        cpu.r[X86Cpu.RAX] = 0;
        TierSide side = new TierSide(cpu, false, executions);
        side.run((long) ROUNDS * instructions);
        boolean own = page == RandomProgram.CODE >> 12;
        String fault = "address=" + (RandomProgram.CODE + 9);
        assertThat(side.told().stream().filter(told -> told.contains("Trap") && told.contains(fault)))
                .hasSize(own ? ROUNDS : 0);
        assertThat(cpu.r[X86Cpu.RAX]).isEqualTo(ROUNDS);
        assertThat(side.interpreter.compiledInstructions() > 0).isEqualTo(executions > 0);
    }
}
