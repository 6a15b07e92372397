package dev.ringscope.trace.query;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.query.Accesses.Access;
import dev.ringscope.trace.query.RegisterWrites.RegisterWrite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What did each instruction do: the registers that it wrote and the data that it accessed? What the processor does
 * while it delivers an interrupt or a fault counts as done by the handler's first instruction, which has the same
 * position. Always derived.
 */
public final class Steps {
    /** A step has little to hold: REP instructions make many accesses each. */
    private static final long LENGTH = 1 << 12;

    /**
     * An instruction that retired, and what it did.
     *
     * @param writes in order; a register that was written with what it held is among them
     * @param accesses in order, 4,096 at most
     * @param moreAccesses how many it made behind those: {@link Accesses} tells of all
     * @param moreDigest of what those did, for comparisons
     */
    public record Step(
            ExecutedInstruction instruction,
            List<RegisterWrite> writes,
            List<Access> accesses,
            long moreAccesses,
            int moreDigest) {}

    private Steps() {}

    /** @param filter its vectors do not count; its addresses hold for an instruction that accessed some of them */
    public static void list(Recording recording, Filter filter, Answers<Step> answers) throws IOException {
        Derivation.search(recording, filter.range(), () -> new Derived(recording, filter), answers);
    }

    private static final class Derived extends Derivation<Step> {
        private final Recording recording;
        private final Filter filter;
        private final List<Register> registers;
        private final Deque<RegisterWrite> writes = new ArrayDeque<>();
        private final StepAccesses accesses;
        private InstructionCursor cursor;

        Derived(Recording recording, Filter filter) {
            super(recording, Detail.FULL, filter.range());
            this.recording = recording;
            this.filter = filter;
            accesses = new StepAccesses(filter);
            registers = recording.trace().machine().registers();
        }

        @Override
        long stepLength() {
            return LENGTH;
        }

        @Override
        public void accesses(AccessLog log) {
            check();
            for (int i = 0; i < log.count; i++) {
                long position = log.base + log.instruction[i];
                if (wants(position)) {
                    boolean write = (log.kind[i] & AccessLog.WRITE) != 0;
                    accesses.add(new Access(position, log.address[i], log.kind[i] & 0xf, write, log.value[i]));
                }
            }
        }

        @Override
        public void registers(RegisterLog log) {
            for (int i = 0; i < log.count; i++) {
                long position = log.base + log.instruction[i];
                if (wants(position)) {
                    String name = registers.get(log.part[i] >> 3).name();
                    writes.add(new RegisterWrite(position, name, log.part[i] & 7, log.value[i]));
                }
            }
        }

        @Override
        void stepped(long position) {
            try {
                if (cursor == null) {
                    if (position <= first()) {
                        return;
                    }
                    cursor = recording.trace().instructions(first());
                }
                while (cursor.position() + 1 < position && wants(cursor.position() + 1) && cursor.next()) {
                    step();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void step() {
            check();
            long position = cursor.position();
            List<RegisterWrite> written = new ArrayList<>();
            while (!writes.isEmpty() && writes.peek().position() <= position) {
                written.add(writes.poll());
            }
            StepAccesses.Made made = accesses.take(position);
            boolean wanted = made.wanted || filter.addresses().isEmpty();
            if (wanted && Contexts.fits(cursor, filter)) {
                answer(new Step(
                        Instructions.executed(cursor),
                        List.copyOf(written),
                        List.copyOf(made.first),
                        made.more,
                        made.moreDigest));
            }
        }
    }
}
