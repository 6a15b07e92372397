package dev.ringscope.cli.report;

import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.proto.trace.v1.EventCounts;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Info;
import java.io.IOException;
import java.util.Locale;

/** What was recorded, and the totals: from header and index. */
final class Overview implements Section {
    private final String file;
    private final Info info;
    private final Buckets buckets;

    Overview(String file, Info info, Buckets buckets) {
        this.file = file;
        this.info = info;
        this.buckets = buckets;
    }

    @Override
    public String name() {
        return "overview";
    }

    @Override
    public void write(ScriptJson out) throws IOException {
        MachineDescription machine = info.machine();
        out.object()
                .put("file", file)
                .put("guest", machine.guest())
                .put("boot", machine.boot())
                .put("arguments", machine.arguments())
                .put("ram", machine.ramBytes())
                .put("tool", info.tool())
                .put("created", info.createdUnixSeconds())
                .put("detail", info.detail().text())
                .put("bytes", info.bytes())
                .put("chunks", info.chunks())
                .put("checkpoints", info.checkpoints())
                .put("end", info.endPosition())
                .put("nanoseconds", info.endTime())
                .put("bucket", buckets.width())
                .put("buckets", buckets.count())
                .put("spaces", info.totals().getTranslationRootsCount())
                .put("damage", info.damage())
                .put("stopped", stopped());
        out.name("rings").list();
        for (long instructions : info.totals().getRingInstructionsList()) {
            out.value(instructions);
        }
        out.endList();
        EventCounts counts = info.totals().getEventCounts();
        out.name("events").object();
        for (Events.Kind kind : Events.Kind.values()) {
            out.put(kind.name().toLowerCase(Locale.ROOT), kind.count(counts));
        }
        out.endObject().endObject();
    }

    private String stopped() {
        return info.end()
                .map(end -> {
                    String reason = end.getReason().name().substring("STOP_REASON_".length());
                    String why = end.getExplanation();
                    return reason.toLowerCase(Locale.ROOT).replace('_', ' ') + (why.isEmpty() ? "" : " (" + why + ")");
                })
                .orElse("the recording was stopped");
    }
}
