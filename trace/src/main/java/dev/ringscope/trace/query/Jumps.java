package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.Decoder;
import dev.ringscope.emulator.insn.Instruction;
import dev.ringscope.emulator.x86.X86Isa;
import dev.ringscope.proto.trace.v1.CodeKind;
import dev.ringscope.trace.BlockCursor;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.BlockDefinition;
import dev.ringscope.trace.format.EventDecoder;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which way did conditional jumps go (Jcc, LOOP, JCXZ), and how often? A jump went where execution goes on behind it:
 * at the next block, or where an interrupt that came in between says. The recording's last instruction is not counted,
 * because nothing tells. What is held grows with the code, not with the trace.
 */
public final class Jumps {
    /**
     * A conditional jump that was executed, in whatever address space.
     *
     * @param address linear address
     * @param taken how often it went to its target
     * @param passed how often to the instruction behind it
     */
    public record Jump(long address, long taken, long passed) {
        private Jump with(Jump other) {
            return new Jump(address, taken + other.taken, passed + other.passed);
        }
    }

    /**
     * @param next linear address of the instruction behind it
     * @param mask of the bits that addresses have
     */
    private record Conditional(long address, long next, long codeBase, long mask) {
        private Jump gone(long to) {
            boolean passed = ((to ^ next) & mask) == 0;
            return new Jump(address, passed ? 0 : 1, passed ? 1 : 0);
        }
    }

    /**
     * What was found in a chunk.
     *
     * @param first linear address at which its execution begins; -1 if it holds no block
     * @param jumps by address
     * @param last where its last instruction leads is not known; null if it is no conditional jump
     */
    private record Found(long first, Map<Long, Jump> jumps, Conditional last) {}

    private static final Set<String> NAMES = Set.of("j", "loop", "loope", "loopne", "jcxz/jecxz/jrcxz");

    private Jumps() {}

    /** The jumps by address, unsigned. */
    public static void list(Recording recording, Range range, Answers<Jump> answers) throws IOException {
        TraceReader trace = recording.trace();
        Map<Long, Jump> all = new TreeMap<>(Long::compareUnsigned);
        Conditional[] open = {null};
        Chunks.<Found>search(
                trace,
                new Range(range.from(), range.to() == Long.MAX_VALUE ? Long.MAX_VALUE : range.to() + 1, 0),
                _ -> true,
                (part, found) -> found.take(new OfChunk(part, range).found(found)),
                Answers.asked(answers, found -> {
                    if (open[0] != null && found.first != -1) {
                        Jump jump = open[0].gone(found.first);
                        all.merge(jump.address, jump, Jump::with);
                    }
                    found.jumps.values().forEach(jump -> all.merge(jump.address, jump, Jump::with));
                    open[0] = found.first == -1 ? open[0] : found.last;
                    return true;
                }));
        Answers<Jump> limited = range.limit(answers);
        for (Jump jump : all.values()) {
            if (!limited.take(jump)) {
                return;
            }
        }
    }

    private static final class OfChunk {
        private final BlockCursor blocks;
        private final Range range;
        private final Decoder decoder = new Decoder(X86Isa.table());
        private final Map<Integer, Conditional> byBlock = new HashMap<>();
        /** Program counters that were saved when an exception or interrupt came, by position: the first one there. */
        private final Map<Long, Long> interrupted = new HashMap<>();

        private final Map<Long, Jump> jumps = new HashMap<>();

        OfChunk(Chunks.Part part, Range range) throws IOException {
            this.range = range;
            blocks = new BlockCursor(part.decode());
            EventDecoder events = part.envelope().events();
            for (Event event = events.next(); event != null; event = events.next()) {
                if (event instanceof Event.Trap trap) {
                    interrupted.putIfAbsent(trap.position(), trap.pc());
                }
            }
        }

        Found found(Asker asker) {
            Looks looks = new Looks(asker);
            long first = -1;
            Conditional last = null;
            while (blocks.next()) {
                looks.piece();
                BlockDefinition block = blocks.block();
                long begin = begin(block);
                first = first == -1 ? begin : first;
                if (last != null) {
                    Jump jump = last.gone(begin);
                    jumps.merge(jump.address, jump, Jump::with);
                }
                boolean whole = blocks.instructions() == block.instructions();
                last = whole && range.holds(blocks.position() + block.instructions() - 1)
                        ? byBlock.computeIfAbsent(blocks.number(), _ -> conditional(block))
                        : null;
            }
            Long pc = last == null ? null : interrupted.get(blocks.position());
            if (pc != null) {
                Jump jump = last.gone(pc + last.codeBase);
                jumps.merge(jump.address, jump, Jump::with);
                last = null;
            }
            return new Found(first, jumps, last);
        }

        /** Where execution went on before an interrupt came, if one did. */
        private long begin(BlockDefinition block) {
            Long pc = interrupted.get(blocks.position());
            return pc == null ? block.address(0) : pc + block.codeBase();
        }

        /** The last instruction of a block; null if it is no conditional jump. */
        private Conditional conditional(BlockDefinition block) {
            int n = block.instructions() - 1;
            byte[] code = block.code(n);
            Instruction i = decoder.decode(
                    at -> at < code.length ? code[at] & 0xff : 0,
                    block.address(n) - block.codeBase(),
                    Disassembly.size(block.kind()));
            if (i.def == null || !NAMES.contains(i.def.name())) {
                return null;
            }
            long mask = block.kind() == CodeKind.CODE_KIND_X86_64 ? -1 : 0xffff_ffffL;
            return new Conditional(block.address(n), block.address(n) + code.length, block.codeBase(), mask);
        }
    }
}
