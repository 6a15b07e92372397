package dev.ringscope.trace.query;

import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;

/** Which instructions were executed? */
public final class Instructions {
    private Instructions() {}

    public static void list(TraceReader trace, Range range, Answers<ExecutedInstruction> answers) throws IOException {
        Answers<ExecutedInstruction> limited = range.limit(answers);
        InstructionCursor cursor = trace.instructions(range.from());
        boolean more = true;
        while (more && cursor.next()) {
            long address = cursor.address();
            more = limited.take(new ExecutedInstruction(
                    cursor.position(),
                    address,
                    address - cursor.block().codeBase(),
                    cursor.ring(),
                    cursor.mode(),
                    cursor.block().kind(),
                    cursor.code()));
        }
    }
}
