package dev.ringscope.trace.service;

import dev.ringscope.proto.query.v1.ListProcessesRequest;
import dev.ringscope.proto.query.v1.ListProcessesResponse;
import dev.ringscope.proto.query.v1.Process;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Processes;
import java.io.IOException;

/** Address spaces, told apart by CR3. */
final class ListProcesses {
    static final Listing<ListProcessesRequest, Process, ListProcessesResponse> LISTING = new Listing<>(
            Process.getDefaultInstance(),
            ListProcesses::list,
            items -> ListProcessesResponse.newBuilder().addAllProcesses(items).build(),
            null);

    private ListProcesses() {}

    private static void list(OpenTrace trace, ListProcessesRequest request, Filter filter, Answers<Process> items)
            throws IOException {
        Processes.list(trace.recording(), trace.symbols(), filter, Listing.each(items, ListProcesses::message));
    }

    private static Process message(Processes.Process process) {
        Process.Builder message = Process.newBuilder()
                .setTranslationRoot(process.root())
                .setFirstPosition(process.first())
                .setLastPosition(process.last())
                .addAllRingInstructions(process.rings())
                .setLoads(process.loads())
                .addAllNames(process.names());
        if (process.parent().isPresent()) {
            message.setParentRoot(process.parent().getAsLong())
                    .setLoadedPosition(process.loadedAt())
                    .setLoader(process.loader());
        }
        return message.build();
    }
}
