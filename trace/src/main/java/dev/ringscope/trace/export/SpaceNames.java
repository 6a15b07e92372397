package dev.ringscope.trace.export;

import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Processes;
import dev.ringscope.trace.query.Range;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * What address spaces are called: by CR3, after the tasks that ran there if the symbols are those of a Linux kernel.
 */
final class SpaceNames {
    private final Map<Long, String> tasks = new HashMap<>();

    SpaceNames(Exported exported) throws IOException {
        if (exported.symbols().address("init_task").isEmpty()) {
            return;
        }
        Range range = new Range(exported.range().from(), exported.range().to(), 0);
        Processes.list(
                exported.recording(), exported.symbols(), Filter.of(range), Answers.asked(exported.asker(), process -> {
                    tasks.put(process.root(), String.join(", ", process.names()));
                    return true;
                }));
    }

    /** @param root CR3 without its low 12 bits */
    String of(long root) {
        String cr3 = "CR3 0x" + Long.toHexString(root);
        String names = tasks.getOrDefault(root, "");
        return names.isEmpty() ? cr3 : names + " (" + cr3 + ")";
    }
}
