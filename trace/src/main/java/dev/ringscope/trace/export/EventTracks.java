package dev.ringscope.trace.export;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.trace.format.ContextEffect;
import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.VirtualClock;
import dev.ringscope.trace.symbols.Symbols;
import dev.ringscope.trace.symbols.Vectors;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tracks that events tell: rings, traps, HLT, address spaces, and counters of flushes and instructions. */
final class EventTracks implements Answers<Event> {
    /** So many address spaces have a track of their own; later ones share one. */
    static final int SPACES = 500;

    private static final long ROOT = ~0xfffL;
    private static final int PAGE_FAULT = 14;
    private static final Set<Events.Kind> KINDS = EnumSet.of(
            Events.Kind.RING_CHANGE,
            Events.Kind.TRAP,
            Events.Kind.SYSTEM_REGISTER_WRITE,
            Events.Kind.TRANSLATION_FLUSH,
            Events.Kind.HALT,
            Events.Kind.INPUT,
            Events.Kind.END);

    private final Exported exported;
    private final Picture picture;
    private final TrackWriter out;
    private final Symbols symbols;
    private final VirtualClock clock;
    private final Track rings;
    private final Track traps;
    private final Track sleeping;
    private final Track ends;
    private final Track spaces;
    private final SpaceNames spaceNames;
    private final Map<Long, Track> spaceTracks = new HashMap<>();
    private final FlushCounter flushes;
    private final InstructionRate rate;

    private final ContextEffect effects;
    private Context context;
    private Track space;
    private Track otherSpaces;

    private long drawnRing;
    private long drawnSpace;

    EventTracks(Exported exported, Picture picture, TrackWriter out) throws IOException {
        this.exported = exported;
        this.picture = picture;
        this.out = out;
        symbols = exported.symbols();
        long from = exported.range().from();
        clock = VirtualClock.from(exported.recording().trace(), from);
        context = exported.recording().trace().instructions(from).contextAt(from);
        effects = new ContextEffect(context);
        Track processor = picture.group("Processor");
        rings = picture.slices("Ring", processor);
        traps = picture.slices("Traps", processor);
        sleeping = picture.slices("HLT", processor);
        ends = picture.slices("End", processor);
        Track counters = picture.group("Counters");
        long start = clock.at(from);
        long length = ForwardClock.end(exported) - start;
        flushes = new FlushCounter(picture.counter("TLB flushes", "flushes", counters), out, start, length);
        rate = new InstructionRate(picture.counter("MIPS", "MIPS", counters), out, start, length);
        spaces = picture.group("Address spaces");
        spaceNames = new SpaceNames(exported);
    }

    void draw() throws IOException {
        long from = exported.range().from();
        drawnRing = clock.at(from);
        drawnSpace = drawnRing;
        out.begin(rings, drawnRing, ring(Mark.at(from, name())));
        enterSpace(from);
        Range range = new Range(from, exported.range().to(), 0);
        Events.list(exported.recording(), KINDS, Filter.of(range), this);
        change(effects.finish());
        long end = clock.at(exported.end());
        rate.run(end);
        rate.finish();
        flushes.finish(end);
        out.end(rings, Math.max(end, drawnRing));
        out.end(space, Math.max(end, drawnSpace));
    }

    @Override
    public void check() {
        exported.asker().check();
    }

    @Override
    public boolean take(Event event) throws IOException {
        change(effects.see(event));
        rate.run(clock.at(event.position()));
        switch (event) {
            case Event.Trap e -> out.instant(traps, clock.at(e.position()), trap(e));
            case Event.TranslationFlush e -> flushes.flushed(clock.at(e.position()));
            case Event.Halt e -> sleep(e);
            case Event.End e ->
                out.instant(
                        ends,
                        clock.at(e.position()),
                        Mark.at(e.position(), Mark.words(e.reason())).text("explanation", e.explanation()));
            case Event.RingChange _,
                    Event.SystemRegisterWrite _,
                    Event.TableUpdate _,
                    Event.PortAccess _,
                    Event.DeviceAccess _,
                    Event.Input _ -> {}
        }
        return true;
    }

    private String name() {
        return "ring " + context.ring();
    }

    private Mark ring(Mark mark) {
        return mark.text("mode", Mark.words(context.mode())).hex("cr3", context.translationRoot());
    }

    private void change(List<ContextEffect.Change> changes) throws IOException {
        for (ContextEffect.Change change : changes) {
            context = change.to();
            if (change.cause() instanceof Event.RingChange e) {
                changeRing(e, change.position());
            } else {
                changeSpace(change.position());
            }
        }
    }

    private void changeRing(Event.RingChange e, long position) throws IOException {
        drawnRing = Math.max(drawnRing, clock.at(position));
        out.end(rings, drawnRing);
        Mark mark = ring(Mark.at(position, name()).text("cause", Mark.words(e.cause())));
        if (e.vector() >= 0) {
            mark.text("vector", "0x%02x".formatted(e.vector()));
        }
        mark.text("from", symbols.describe(e.fromPc())).text("to", symbols.describe(e.toPc()));
        out.begin(rings, drawnRing, mark);
    }

    private Mark trap(Event.Trap e) {
        boolean exception = e.cause() == Event.Cause.EXCEPTION;
        String name = exception ? Vectors.name(e.vector()) : "vector 0x%02x".formatted(e.vector());
        Mark mark = Mark.at(e.position(), name)
                .text("cause", Mark.words(e.cause()))
                .text("vector", "0x%02x".formatted(e.vector()))
                .text("at", "%04x:%s".formatted(e.selector(), symbols.describe(e.pc())));
        if (e.errorCode() >= 0) {
            mark.hex("error code", e.errorCode());
        }
        if (exception && e.vector() == PAGE_FAULT) {
            mark.text("cr2", symbols.describe(e.address()));
        }
        if (!e.reason().isEmpty()) {
            mark.text("reason", Reason.valueOf(e.reason()).text());
        }
        return mark;
    }

    private void sleep(Event.Halt e) throws IOException {
        long from = clock.at(e.position());
        out.begin(sleeping, from, Mark.at(e.position(), "HLT"));
        clock.pass(e);
        long until = clock.at(e.position());
        out.end(sleeping, until);
        rate.sleep(until);
    }

    private void changeSpace(long position) throws IOException {
        drawnSpace = Math.max(drawnSpace, clock.at(position));
        if (spaceTrack() != space || space == otherSpaces) {
            out.end(space, drawnSpace);
            enterSpace(position);
        }
    }

    private Track spaceTrack() throws IOException {
        long root = context.translationRoot() & ROOT;
        Track track = spaceTracks.get(root);
        if (track == null && spaceTracks.size() < SPACES) {
            track = picture.slices(spaceNames.of(root), spaces);
            spaceTracks.put(root, track);
        }
        if (track == null && otherSpaces == null) {
            otherSpaces = picture.slices("CR3: others", spaces);
        }
        return track == null ? otherSpaces : track;
    }

    private void enterSpace(long position) throws IOException {
        space = spaceTrack();
        out.begin(
                space,
                drawnSpace,
                Mark.at(position, spaceNames.of(context.translationRoot() & ROOT))
                        .hex("cr3", context.translationRoot()));
    }
}
