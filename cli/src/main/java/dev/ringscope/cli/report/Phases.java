package dev.ringscope.cli.report;

import dev.ringscope.cli.Names;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.symbols.Symbols;
import dev.ringscope.trace.symbols.Vectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What happened for the first time: modes, rings, ways into the kernel, registers written, devices spoken to. */
final class Phases implements Section {
    private static final int MOST = 120;

    private record Landmark(long position, long time, String kind, String what, String detail) {}

    private final Symbols symbols;
    private final Set<String> known = new HashSet<>();
    private final List<Landmark> landmarks = new ArrayList<>();
    private long slept;

    Phases(Context context, Symbols symbols) {
        this.symbols = symbols;
        String startMode = Names.of(context.mode());
        known.add("mode" + startMode + " mode");
        known.add("ringfirst in ring " + context.ring());
        landmarks.add(new Landmark(0, 0, "mode", startMode + " mode", "where the recording begins"));
    }

    @Override
    public String name() {
        return "phases";
    }

    @Override
    public void see(Event event) {
        switch (event) {
            case Event.RingChange e -> ring(e);
            case Event.Trap e -> trap(e);
            case Event.SystemRegisterWrite e ->
                first(
                        e,
                        "register",
                        "first write of " + e.register(),
                        "0x%x, by %s".formatted(e.newValue(), symbols.describe(e.pc())));
            case Event.TableUpdate e ->
                first(e, "paging", "first change of a page table in use", "by " + symbols.describe(e.pc()));
            case Event.Input e -> first(e, "input", "first input of " + e.source(), e.data().length + " bytes");
            case Event.Halt e -> {
                first(e, "sleep", "first HLT", "%,d ns of sleep".formatted(e.until() - e.from()));
                slept += e.until() - e.from();
            }
            case Event.DeviceAccess e ->
                first(e, "device", "first access to a device in memory", Names.hex(e.address()));
            case Event.End e -> first(e, "end", "the machine stopped: " + Names.of(e.reason()), e.explanation());
            case Event.PortAccess _, Event.TranslationFlush _ -> {}
        }
    }

    private void ring(Event.RingChange e) {
        String by = "%s, to %s".formatted(Names.of(e.cause()), symbols.describe(e.toPc()));
        if (e.fromMode() != e.toMode()) {
            first(e, "mode", Names.of(e.toMode()) + " mode", by);
        }
        if (e.from() != e.to()) {
            first(e, "ring", "first in ring " + e.to(), by);
            first(e, "cause", "first change of ring by " + Names.of(e.cause()), "to " + symbols.describe(e.toPc()));
        }
    }

    private void trap(Event.Trap e) {
        boolean exception = e.cause() == Event.Cause.EXCEPTION;
        first(
                e,
                "trap",
                exception
                        ? "first " + Vectors.name(e.vector())
                        : "first %s 0x%02x".formatted(Names.of(e.cause()), e.vector()),
                "at " + symbols.describe(e.pc()));
    }

    private void first(Event event, String kind, String what, String detail) {
        if (landmarks.size() < MOST && known.add(kind + what)) {
            landmarks.add(new Landmark(event.position(), event.position() + slept, kind, what, detail));
        }
    }

    @Override
    public void write(ScriptJson out) throws IOException {
        out.list();
        for (Landmark mark : landmarks) {
            out.object()
                    .put("position", mark.position)
                    .put("time", mark.time)
                    .put("kind", mark.kind)
                    .put("what", mark.what)
                    .put("detail", mark.detail)
                    .endObject();
        }
        out.endList();
    }
}
