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
 * Every definition that a program in ring 3 can run does what the host processor does, in 64-bit, 32-bit and 16-bit
 * code: registers, flags less those the manual leaves undefined, MXCSR, MMX and XMM registers, memory, and the
 * exception with its error code. Privileged instructions show that they are refused. What is left out, and why, is in
 * {@link ComparisonScope}.
 */
class NativeComparisonTest {
    /** Cases per encoding and code size. */
    private static final int CASES = Integer.getInteger("ringscope.comparison.cases", 200);

    /** Cases run at once: bounds memory. */
    private static final int BATCH = 20_000;
    /** Differences shown of one encoding. */
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
        Comparison comparison = new Comparison();
        comparison.family(family, CASES);
        assertThat(comparison.failures).isEmpty();
        assertThat(comparison.run).isPositive();
    }

    /** Collects cases, runs them on both processors, and keeps what differs. */
    static final class Comparison {
        final List<String> failures = new ArrayList<>();
        int run;
        private final List<ProcessorCase> cases = new ArrayList<>();
        private final Map<Encoding, Integer> different = new HashMap<>();

        void family(Class<?> family, int casesPerEncoding) {
            for (Def def : X86Isa.table().definitions()) {
                if (def.method.getDeclaringClass() == family && !ComparisonScope.EXCLUDED.containsKey(def.name())) {
                    def.encodings.forEach(e -> encoding(e, casesPerEncoding));
                }
            }
            flush();
        }

        private void encoding(Encoding encoding, int count) {
            for (int bits : new int[] {64, 32, 16}) {
                if (encoding.has(bits == 64 ? "i64" : "o64")) {
                    continue;
                }
                CaseGenerator generator = new CaseGenerator(encoding.text.hashCode() + bits, EMULATED);
                for (int n = 0; n < count; n++) {
                    cases.add(generator.next(encoding, bits));
                    if (cases.size() == BATCH) {
                        flush();
                    }
                }
            }
        }

        private void flush() {
            if (cases.isEmpty()) {
                return;
            }
            List<ProcessorOutcome> host = HostCpu.run(cases);
            for (int n = 0; n < cases.size(); n++) {
                ProcessorCase c = cases.get(n);
                ProcessorOutcome ours = EMULATED.run(c, n % 4 == 0);
                List<String> differences = ProcessorOutcome.differences(
                        host.get(n), ours, c.bits, ComparisonScope.flags(c, EMULATED.decode(c)));
                if (!differences.isEmpty()
                        && !ComparisonScope.eitherFault(c, host.get(n), ours)
                        && different.merge(c.encoding, 1, Integer::sum) <= SHOWN) {
                    failures.add("%s%n    => %s".formatted(c, String.join("\n    => ", differences)));
                }
            }
            run += cases.size();
            cases.clear();
        }
    }
}
