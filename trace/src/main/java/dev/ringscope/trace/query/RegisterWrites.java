package dev.ringscope.trace.query;

import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.RegisterCursor;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Which registers were written? Stored in traces of detail full, derived for others, from all of the range that is
 * asked for: no index says in which chunks a register changes. Of 12 chunks of a Linux boot, a million instructions
 * each and at equal distances, every one changed the flags and nearly every general register, so that it would seldom
 * pass over anything; only for SSE registers (1 of 12) and segment bases (2 of 12) would it.
 */
public final class RegisterWrites {
    /**
     * A write of a register, or of 64 bits of a wider one.
     *
     * @param position of the instruction
     * @param register its name
     * @param word which 64 bits, from the low end
     * @param value what it holds afterwards
     */
    public record RegisterWrite(long position, String register, int word, long value) {}

    private RegisterWrites() {}

    /**
     * @param wanted names of registers; none: all
     * @param filter its vectors and addresses do not count
     */
    public static void list(Recording recording, Set<String> wanted, Filter filter, Answers<RegisterWrite> answers)
            throws IOException {
        TraceReader trace = recording.trace();
        if (trace.detail() != Detail.FULL) {
            Derivation.search(recording, filter.range(), () -> new Derived(recording, wanted, filter), answers);
            return;
        }
        List<Register> registers = trace.machine().registers();
        Chunks.search(
                trace,
                filter.range(),
                i -> filter.mayHold(trace, i),
                (part, found) -> {
                    RegisterCursor r = part.decode().registers(registers.size());
                    Contexts contexts = new Contexts(trace, filter);
                    Looks looks = new Looks(found);
                    while (r.next()) {
                        looks.piece();
                        String name = registers.get(r.register()).name();
                        boolean right = filter.range().holds(r.position())
                                && (wanted.isEmpty() || wanted.contains(name))
                                && contexts.fit(r.position());
                        if (right && !found.take(new RegisterWrite(r.position(), name, r.word(), r.value()))) {
                            return false;
                        }
                    }
                    return true;
                },
                answers);
    }

    /** Instructions between two looks at whether anybody still waits: each has several answers. */
    private static final long LENGTH = 1 << 14;

    private static final class Derived extends Derivation<RegisterWrite> {
        private final List<Register> registers;
        private final boolean[] wanted;
        private final Contexts contexts;

        Derived(Recording recording, Set<String> names, Filter filter) {
            super(recording, Detail.FULL, filter.range());
            registers = recording.trace().machine().registers();
            wanted = new boolean[registers.size()];
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = names.isEmpty() || names.contains(registers.get(i).name());
            }
            contexts = new Contexts(recording.trace(), filter);
        }

        @Override
        long stepLength() {
            return LENGTH;
        }

        @Override
        public void registers(RegisterLog log) {
            check();
            for (int i = 0; i < log.count; i++) {
                int register = log.part[i] >> 3;
                long position = log.base + log.instruction[i];
                if (wanted[register] && wants(position) && contexts.fit(position)) {
                    answer(new RegisterWrite(position, registers.get(register).name(), log.part[i] & 7, log.value[i]));
                }
            }
        }
    }
}
