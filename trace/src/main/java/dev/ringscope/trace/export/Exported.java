package dev.ringscope.trace.export;

import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.symbols.Symbols;

/**
 * What is exported.
 *
 * @param range which part of it: at least one instruction; its count does not hold
 * @param symbols may be empty
 * @param asker asked every few milliseconds of work, told of nothing
 */
public record Exported(Recording recording, Range range, Symbols symbols, Asker asker) {
    public Exported {
        if (range.from() >= recording.trace().endPosition() || range.to() <= range.from()) {
            throw new IllegalArgumentException("a part of at least one instruction, found positions %d to %d of %d"
                    .formatted(range.from(), range.to(), recording.trace().endPosition()));
        }
    }

    /** Takes answers, for as long as somebody waits for the export. */
    <T> Answers<T> asked(Answers<T> answers) {
        return Answers.asked(asker, answers);
    }

    /** Behind its last instruction. */
    long end() {
        return Math.min(range.to(), recording.trace().endPosition());
    }
}
