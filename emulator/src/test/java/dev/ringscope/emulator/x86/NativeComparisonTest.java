package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.insn.Def;
import dev.ringscope.emulator.insn.Encoding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every definition that a program in ring 3 can run does what the host processor does, in 64-bit and in 32-bit code: registers, flags less
 * those the manual leaves undefined, MXCSR, MMX and XMM registers, memory, and the exception with its error code.
 */
class NativeComparisonTest {
    private static final int CASES_PER_ENCODING = Integer.getInteger("ringscope.comparison.cases", 200);
    private static final int SHOWN = 3;

    private static final EmulatedCpu EMULATED = new EmulatedCpu();

    static List<Class<?>> families() {
        return Families.all().stream()
                .filter(f -> !ComparisonScope.EXCLUDED_FAMILIES.containsKey(f))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("families")
    void doesWhatTheHostDoes(Class<?> family) {
        assertThat(differences(family, CASES_PER_ENCODING)).isEmpty();
    }

    /** What differs in a family's definitions, the first few cases of each encoding. */
    static List<String> differences(Class<?> family, int casesPerEncoding) {
        List<ProcessorCase> cases = new ArrayList<>();
        for (Def def : X86Isa.table().definitions()) {
            if (def.method.getDeclaringClass() == family && !ComparisonScope.EXCLUDED.containsKey(def.name())) {
                def.encodings.forEach(e -> generate(e, casesPerEncoding, cases));
            }
        }
        List<ProcessorOutcome> outcomes = HostCpu.run(cases);
        List<String> failures = new ArrayList<>();
        Map<Encoding, Integer> shown = new HashMap<>();
        for (int n = 0; n < cases.size(); n++) {
            ProcessorCase c = cases.get(n);
            List<String> differences = ProcessorOutcome.differences(
                    outcomes.get(n), EMULATED.run(c), c.bits, ComparisonScope.flags(c, EMULATED.decode(c)));
            if (!differences.isEmpty() && shown.merge(c.encoding, 1, Integer::sum) <= SHOWN) {
                failures.add("%s%n    => %s".formatted(c, String.join("\n    => ", differences)));
            }
        }
        return failures;
    }

    private static void generate(Encoding encoding, int count, List<ProcessorCase> cases) {
        for (int bits : new int[] {64, 32}) {
            if (encoding.has(bits == 64 ? "i64" : "o64")) {
                continue;
            }
            CaseGenerator generator = new CaseGenerator(encoding.text.hashCode() + bits, EMULATED);
            for (int n = 0; n < count; n++) {
                cases.add(generator.next(encoding, bits));
            }
        }
    }
}
