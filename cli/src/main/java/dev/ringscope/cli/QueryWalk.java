package dev.ringscope.cli;

import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.trace.explain.WalkText;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.PageWalk;
import dev.ringscope.trace.query.Recording;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What an address was translated to. */
@Command(
        name = "walk",
        description = "The page walk of a linear address at the position --from, entry by entry.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QueryWalk implements Callable<Integer> {
    @ParentCommand
    private QueryCommand query;

    @Mixin
    private QueryOptions options;

    @Option(names = "--address", required = true, paramLabel = "A", description = "The address, or a symbol.")
    private String address;

    @Override
    public Integer call() throws Exception {
        try (Recording recording = TraceFile.recording(query.file)) {
            long position = options.position(recording.trace());
            long linear = options.address("--address", address, options.symbols());
            Walk walk = PageWalk.at(recording, position, linear, Asker.PATIENT);
            System.out.print(options.json ? json(position, walk) + "\n" : WalkText.of(walk));
        }
        return ExitStatus.OK;
    }

    private static Json json(long position, Walk walk) {
        List<Json> entries = new ArrayList<>();
        for (Walk.Step step : walk.steps()) {
            entries.add(new Json()
                    .put("level", step.level())
                    .put("name", WalkText.name(step.level()))
                    .hex("address", step.entry())
                    .hex("value", step.value())
                    .put("bits", WalkText.bits(step.level(), step.value()).strip()));
        }
        Json json = new Json()
                .put("position", position)
                .hex("address", walk.linear())
                .put("entries", entries);
        if (!walk.mapped()) {
            return json.put("mapped", false)
                    .put("failure", walk.failure().name())
                    .put("explanation", walk.failure().text());
        }
        return json.put("mapped", true)
                .hex("physical", walk.physical())
                .put("page_size", walk.pageSize())
                .put("user", walk.user())
                .put("writable", walk.writable())
                .put("executable", !walk.noExecute());
    }
}
