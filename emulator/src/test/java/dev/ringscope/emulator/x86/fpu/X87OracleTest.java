package dev.ringscope.emulator.x86.fpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.x86.fpu.HostFpu.Case;
import dev.ringscope.emulator.x86.fpu.HostFpu.Operand;
import dev.ringscope.emulator.x86.fpu.HostFpu.Result;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every x87 operation with one result gives the host processor's value, exceptions and condition codes, bit for bit.
 */
class X87OracleTest {
    private static final int STATUS = 0x473f;

    interface Operation {
        void run(X87Context fpu, int seA, long a, int seB, long b);
    }

    interface Unary {
        void run(X87Context fpu, int se, long a);
    }

    enum Instruction {
        FADD("d8 c1", X87Arithmetic::add),
        FSUB("d8 e1", X87Arithmetic::subtract),
        FSUBR("d8 e9", (fpu, seA, a, seB, b) -> X87Arithmetic.subtract(fpu, seB, b, seA, a)),
        FMUL("d8 c9", X87Arithmetic::multiply),
        FDIV("d8 f1", X87Arithmetic::divide),
        FDIVR("d8 f9", (fpu, seA, a, seB, b) -> X87Arithmetic.divide(fpu, seB, b, seA, a)),
        FPREM("d9 f8", X87Remainder::truncated),
        FPREM1("d9 f5", X87Remainder::nearest),
        FSCALE("d9 fd", X87Arithmetic::scale),
        FCOM("d8 d1", compare(X87Compare::ordered)),
        FUCOM("dd e1", compare(X87Compare::unordered)),
        FTST("d9 e4", unary((fpu, se, a) -> {
            X87Compare.test(fpu, se, a);
            fpu.deliver(se, a);
        })),
        FXAM("d9 e5", unary((fpu, se, a) -> {
            X87Compare.examine(fpu, se, a);
            fpu.deliver(se, a);
        })),
        FSQRT("d9 fa", unary(X87Arithmetic::squareRoot)),
        FRNDINT("d9 fc", unary(X87Arithmetic::roundToInteger));

        final String code;
        final Operation operation;

        Instruction(String code, Operation operation) {
            this.code = code;
            this.operation = operation;
        }

        boolean takesOne() {
            return ordinal() >= FTST.ordinal();
        }
    }

    private static Operation unary(Unary operation) {
        return (fpu, seA, a, seB, b) -> operation.run(fpu, seA, a);
    }

    private static Operation compare(Operation operation) {
        return (fpu, seA, a, seB, b) -> {
            operation.run(fpu, seA, a, seB, b);
            fpu.deliver(seA, a);
        };
    }

    @ParameterizedTest
    @EnumSource
    void agreesWithTheHostWhenExceptionsAreMasked(Instruction instruction) {
        check(instruction, cases(instruction, X87Operands.MASKED));
    }

    @ParameterizedTest
    @EnumSource
    void agreesWithTheHostWhenExceptionsAreUnmasked(Instruction instruction) {
        check(instruction, cases(instruction, X87Operands.UNMASKED));
    }

    private static List<Case> cases(Instruction instruction, List<Integer> controls) {
        return instruction.takesOne() ? X87Operands.singles(controls, 1000) : X87Operands.pairs(controls, 2000);
    }

    private static void check(Instruction instruction, List<Case> cases) {
        List<Result> results = HostFpu.x87(instruction.code, cases);
        X87Context fpu = new X87Context();
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Case c = cases.get(i);
            Result host = results.get(i);
            fpu.control = c.control();
            instruction.operation.run(fpu, c.a().se(), c.a().low(), c.b().se(), c.b().low());
            Operand value = fpu.delivered ? Operand.float80(fpu.se, fpu.significand) : c.a();
            int status = fpu.raised | fpu.condition;
            if (!value.equals(host.r0()) || status != (host.status() & STATUS)) {
                differences.add("%s: %s: %s status %04x, host %s status %04x"
                        .formatted(instruction, c, value, status, host.r0(), host.status() & STATUS));
            }
        }
        assertThat(differences.stream().limit(20))
                .as("%d differences in %d cases", differences.size(), cases.size())
                .isEmpty();
    }
}
