package dev.ringscope.trace.query;

import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.trace.Detail;
import java.io.IOException;

/** What is a linear address translated to, and through which entries? */
public final class PageWalk {
    private PageWalk() {}

    /** As the processor would at that position, with its CR3, without any effect on the tables. */
    public static Walk at(Recording recording, long position, long linear, Asker asker) throws IOException {
        return recording
                .replays()
                .at(
                        Detail.FLOW,
                        position,
                        asker,
                        timeline -> timeline.machine().cpu().paging.walk(linear));
    }
}
