package dev.ringscope.trace.export;

import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.CallTree.Kind;
import dev.ringscope.trace.query.RunningCalls;
import dev.ringscope.trace.query.RunningCalls.Change;
import dev.ringscope.trace.query.SystemCalls;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/** The tracks that calls tell: the processor's call stack, handlers of interrupts, and system calls. */
final class CallTracks implements Answers<Change> {
    /** Ways to boot in which the guest answers Linux's system calls. */
    private static final Set<String> LINUX = Set.of("linux", "program");

    private final Exported exported;
    private final TrackWriter out;
    private final FunctionNames names;
    private final ForwardClock clock;
    private final long end;
    private final boolean linux;
    private final Track handlers;
    private final Track entries;
    private final LongCalls<Change.Enter> stack;
    /** The track beside the stack that a call is on as well; of every call that is open. */
    private final Deque<Beside> open = new ArrayDeque<>();

    private enum Beside {
        NONE,
        HANDLERS,
        ENTRIES
    }

    CallTracks(Exported exported, Picture picture, TrackWriter out) throws IOException {
        this.exported = exported;
        this.out = out;
        names = new FunctionNames(exported.symbols());
        linux = LINUX.contains(exported.recording().trace().machine().boot());
        long from = exported.range().from();
        clock = new ForwardClock(exported);
        Track group = picture.group("Calls");
        handlers = picture.slices("Interrupt handlers", group);
        entries = picture.slices("System calls", group);
        Track calls = picture.slices("Call stack", group);
        end = ForwardClock.end(exported);
        stack = new LongCalls<>(end - clock.at(from), new LongCalls.Sink<>() {
            @Override
            public void begin(Change.Enter call, long time) throws IOException {
                out.begin(calls, time, mark(call));
            }

            @Override
            public void end(long time) throws IOException {
                out.end(calls, time);
            }
        });
    }

    void draw() throws IOException {
        RunningCalls.list(exported.recording(), exported.symbols(), exported.range(), this);
    }

    @Override
    public void check() {
        exported.asker().check();
    }

    @Override
    public boolean take(Change change) throws IOException {
        long time = Math.min(end, clock.at(change.position()));
        switch (change) {
            case Change.Enter e -> {
                stack.enter(e, time);
                Beside beside = e.kind() == Kind.INTERRUPT
                        ? Beside.HANDLERS
                        : e.kind() == Kind.ENTRY ? Beside.ENTRIES : Beside.NONE;
                open.push(beside);
                if (beside != Beside.NONE) {
                    out.begin(beside == Beside.HANDLERS ? handlers : entries, time, beside(e));
                }
            }
            case Change.Leave _ -> {
                stack.leave(time);
                switch (open.pop()) {
                    case NONE -> {}
                    case HANDLERS -> out.end(handlers, time);
                    case ENTRIES -> out.end(entries, time);
                }
            }
        }
        return true;
    }

    /** A system call by the name that Linux has for it, if the guest is known to be Linux; else by its number. */
    private Mark beside(Change.Enter call) {
        if (call.systemCall().isEmpty()) {
            return mark(call);
        }
        SystemCalls.Made made = call.systemCall().get();
        String number = "syscall " + made.number();
        Mark mark = mark(call, linux ? made.name().orElse(number) : number);
        if (!linux && made.name().isPresent()) {
            mark.text("on Linux", made.name().get());
        }
        for (int i = 0; i < made.arguments().size(); i++) {
            mark.hex("argument " + (i + 1), made.arguments().get(i));
            if (made.strings().get(i) != null) {
                mark.text("string " + (i + 1), made.strings().get(i));
            }
        }
        return mark;
    }

    private Mark mark(Change.Enter call) {
        return mark(call, names.of(call.kind(), call.function(), call.vector()));
    }

    private static Mark mark(Change.Enter call, String name) {
        Mark mark = Mark.at(call.position(), name)
                .hex("function", call.function())
                .number("ring", call.ring())
                .hex("cr3", call.root());
        if (call.since() != call.position()) {
            mark.number("since position", call.since());
        }
        return mark;
    }
}
