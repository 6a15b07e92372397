package dev.ringscope.gdbstub.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.gdbstub.FakeMachine;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Opcodes in hex as the GDB manual numbers them; 22 NN is const8, 27 is end. */
class AgentExpressionTest {
    private static long evaluate(String hex) throws AgentExpression.EvaluationException {
        FakeMachine machine = new FakeMachine(0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88);
        machine.set("rcx", -2);
        byte[] code = HexFormat.of().parseHex(hex.replace(" ", ""));
        return new AgentExpression(code)
                .evaluate(RegisterView.whole(machine), machine.threads().getFirst());
    }

    @ParameterizedTest
    @CsvSource({
        "22 05 22 03 02 27, 8",
        "22 05 22 03 03 27, 2",
        "22 05 22 03 04 27, 15",
        "26 0002 22 02 05 27, -1",
        "26 0002 22 02 06 27, 9223372036854775807",
        "26 0002 22 03 07 27, -2",
        "26 0002 22 10 08 27, 14",
        "22 01 22 08 09 27, 256",
        "22 01 22 40 09 27, 0",
        "26 0002 22 01 0a 27, -1",
        "26 0002 22 3f 0b 27, 1",
        "22 00 0e 27, 1",
        "22 0c 22 0a 0f 27, 8",
        "22 0c 22 0a 10 27, 14",
        "22 0c 22 0a 11 27, 6",
        "22 00 12 27, -1",
        "22 07 22 07 13 27, 1",
        "26 0002 22 01 14 27, 1",
        "26 0002 22 01 15 27, 0",
        "22 ff 16 08 27, -1",
        "24 0001ffff 2a 08 27, 255",
        "24 00010000 17 27, 17",
        "24 00010000 18 27, 8721",
        "24 00010000 19 27, 1144201745",
        "24 00010000 1a 27, -8613303245920329199",
        "22 00 20 0008 22 63 27 22 02 27, 99",
        "22 01 20 0008 22 63 27 22 02 27, 2",
        "21 0004 27 22 09 27, 9",
        "23 0100 27, 256",
        "25 8000000000000000 27, -9223372036854775808",
        "22 05 28 02 27, 10",
        "22 05 22 06 29 27, 5",
        "22 05 22 03 2b 03 27, -2",
        "22 01 22 02 22 03 33 29 27, 1",
        "22 01 22 02 32 01 27, 1",
    })
    void computes_as_the_manual_says(String code, long value) throws Exception {
        assertThat(evaluate(code)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "22 01 22 00 05 27, by zero",
        "22 01 22 00 06 27, by zero",
        "22 00 17 27, no memory at 0x0",
        "'', out of bounds",
        "27, out of bounds",
        "22, out of bounds",
        "22 01, out of bounds",
        "02 27, out of bounds",
        "22 01 32 05 27, out of bounds",
        "26 ffff 27, out of bounds",
        "1b 27, no operation 0x1b",
        "21 0000, no end",
        "22 01 21 0000, ' '",
    })
    void has_no_value_when_broken(String code, String why) {
        assertThatThrownBy(() -> evaluate(code))
                .isInstanceOf(AgentExpression.EvaluationException.class)
                .hasMessageContaining(why.trim());
    }

    @Test
    void numbers_every_opcode_once() {
        Set<Integer> numbers = new HashSet<>();
        for (AgentOpcode opcode : AgentOpcode.values()) {
            assertThat(numbers.add(opcode.number())).as(opcode.name()).isTrue();
        }
    }
}
