package dev.ringscope.trace.query;

import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;

/** Which instructions were executed? */
public final class Instructions {
    private Instructions() {}

    /** @param filter its vectors and addresses do not count */
    public static void list(Recording recording, Filter filter, Answers<ExecutedInstruction> answers)
            throws IOException {
        TraceReader trace = recording.trace();
        Chunks.search(
                trace,
                filter.range(),
                i -> filter.mayHold(trace, i),
                (part, found) -> chunk(part, filter, found),
                answers);
    }

    private static boolean chunk(Chunks.Part part, Filter filter, Answers<ExecutedInstruction> found)
            throws IOException {
        InstructionCursor cursor = part.instructions(filter.range().from());
        long end = Math.min(part.endPosition(), filter.range().to());
        Looks looks = new Looks(found);
        while (cursor.position() + 1 < end && cursor.next()) {
            looks.piece();
            if (Contexts.fits(cursor, filter) && !found.take(executed(cursor))) {
                return false;
            }
        }
        return true;
    }

    static ExecutedInstruction executed(InstructionCursor cursor) {
        long address = cursor.address();
        return new ExecutedInstruction(
                cursor.position(),
                address,
                address - cursor.block().codeBase(),
                cursor.ring(),
                cursor.mode(),
                cursor.block().kind(),
                cursor.translationRoot(),
                cursor.code());
    }
}
