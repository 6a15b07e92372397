package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.TraceMap.ChunkPlace;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code monitor processes}: the address spaces that the processor has used, told apart by CR3. */
record Processes(Guest guest) implements GuestCommand {
    /** @param chunks how many chunks of the recording it was in use in */
    private record Use(long first, long last, int chunks) {
        Use and(ChunkPlace chunk) {
            return new Use(first, chunk.endPosition(), chunks + 1);
        }
    }

    @Override
    public String name() {
        return "processes";
    }

    @Override
    public String summary() {
        return "the address spaces (values of CR3) of the recording, and about where they were in use";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        long now = guest.machine().cpu().cr3;
        Optional<TraceReader> recording = guest.trace();
        if (recording.isEmpty()) {
            return "cr3 0x%x now; this guest is not recorded, so earlier ones are not known%n".formatted(now);
        }
        TraceReader trace = recording.get();
        Map<Long, Use> uses = new LinkedHashMap<>();
        for (ChunkPlace chunk : trace.map().chunks()) {
            for (long root : chunk.summary().getTranslationRootsList()) {
                Use before = uses.getOrDefault(root, new Use(chunk.firstPosition(), 0, 0));
                uses.put(root, before.and(chunk));
            }
        }
        StringBuilder text = new StringBuilder();
        uses.forEach((root, use) -> text.append("%s cr3 0x%-12x from about %d to %d, in %d chunks%n"
                .formatted(root == now ? "*" : " ", root, use.first, use.last, use.chunks)));
        return text.toString();
    }
}
