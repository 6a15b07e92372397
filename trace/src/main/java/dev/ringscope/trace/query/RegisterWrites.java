package dev.ringscope.trace.query;

import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.emulator.RegisterLog;
import dev.ringscope.trace.ChunkWalker;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.RegisterCursor;
import java.io.IOException;
import java.util.List;

/** Which registers were written? Stored in traces of detail full, derived for others. */
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

    public static void list(TraceReader trace, Range range, Answers<RegisterWrite> answers) throws IOException {
        if (trace.detail() == Detail.FULL) {
            stored(trace, range, range.limit(answers));
        } else {
            derive(trace, range, range.limit(answers));
        }
    }

    private static void stored(TraceReader trace, Range range, Answers<RegisterWrite> answers) throws IOException {
        List<Register> registers = trace.machine().registers();
        ChunkWalker chunks = trace.chunks();
        for (int i = trace.map().firstChunkReaching(range.from()); i < trace.chunkCount(); i++) {
            RegisterCursor r = chunks.decode(i).registers(registers.size());
            while (r.next()) {
                if (r.position() >= range.from()
                        && !answers.take(new RegisterWrite(
                                r.position(), registers.get(r.register()).name(), r.word(), r.value()))) {
                    return;
                }
            }
        }
    }

    private static void derive(TraceReader trace, Range range, Answers<RegisterWrite> answers) throws IOException {
        List<Register> registers = trace.machine().registers();
        new Derivation<>(trace, Detail.FULL, range.from(), answers) {
            @Override
            public void registers(RegisterLog log) {
                for (int i = 0; i < log.count; i++) {
                    answer(
                            log.base + log.instruction[i],
                            new RegisterWrite(
                                    log.base + log.instruction[i],
                                    registers.get(log.part[i] >> 3).name(),
                                    log.part[i] & 7,
                                    log.value[i]));
                }
            }
        }.run();
    }
}
