package dev.ringscope.trace.export;

import dev.ringscope.trace.query.Answers;
import dev.ringscope.trace.query.RunningCalls;
import dev.ringscope.trace.query.RunningCalls.Change;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An evented profile of speedscope's own file format (version 1.25, "file-format-schema.json"): the processor's call
 * stack over virtual time. The frames' names come last, because only the end knows them all.
 */
final class Speedscope implements Exporter.ToFile {
    /** More functions than any guest has; further ones share a name. */
    private static final int NAMES = 1 << 20;

    @Override
    public String name() {
        return "speedscope";
    }

    @Override
    public String description() {
        return "the call stack over virtual time, for speedscope";
    }

    @Override
    public void write(Exported exported, OutputStream out) throws IOException {
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.US_ASCII), 1 << 16);
        new Profile(exported, writer).write();
        writer.flush();
    }

    private static final class Profile implements Answers<Change> {
        private final Exported exported;
        private final Writer out;
        private final FunctionNames names;
        private final ForwardClock clock;
        private final LongCalls<Change.Enter> calls;
        private final Map<String, Integer> frames = new LinkedHashMap<>();
        private final Deque<Integer> open = new ArrayDeque<>();
        private final long start;
        private final long end;
        private boolean any;

        Profile(Exported exported, Writer out) throws IOException {
            this.exported = exported;
            this.out = out;
            names = new FunctionNames(exported.symbols());
            long from = exported.range().from();
            clock = new ForwardClock(exported);
            start = clock.at(from);
            end = ForwardClock.end(exported);
            calls = new LongCalls<>(end - start, new LongCalls.Sink<>() {
                @Override
                public void begin(Change.Enter call, long time) throws IOException {
                    open.push(frame(names.of(call.kind(), call.function(), call.vector())));
                    event("O", time, open.peek());
                }

                @Override
                public void end(long time) throws IOException {
                    event("C", time, open.pop());
                }
            });
        }

        void write() throws IOException {
            String guest = exported.recording().trace().machine().guest();
            out.write("{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\n");
            out.write("\"exporter\":\"Ringscope\",");
            out.write("\"name\":" + JsonText.quote(guest) + ",\"activeProfileIndex\":0,\n\"profiles\":[");
            out.write("{\"type\":\"evented\",\"name\":\"processor 0\",\"unit\":\"nanoseconds\",");
            out.write("\"startValue\":" + start + ",\"endValue\":" + end + ",\"events\":[");
            RunningCalls.list(exported.recording(), exported.symbols(), exported.range(), this);
            out.write("\n]}],\n\"shared\":{\"frames\":[");
            boolean first = true;
            for (String name : frames.keySet()) {
                out.write((first ? "\n" : ",\n") + "{\"name\":" + JsonText.quote(name) + "}");
                first = false;
            }
            out.write("\n]}}\n");
        }

        private int frame(String name) {
            String wanted = frames.size() < NAMES || frames.containsKey(name) ? name : "others";
            return frames.computeIfAbsent(wanted, _ -> frames.size());
        }

        private void event(String type, long time, int frame) throws IOException {
            out.write(any ? ",\n" : "\n");
            any = true;
            out.write("{\"type\":\"" + type + "\",\"at\":" + time + ",\"frame\":" + frame + "}");
        }

        @Override
        public void check() {
            exported.asker().check();
        }

        @Override
        public boolean take(Change change) throws IOException {
            long time = Math.min(end, clock.at(change.position()));
            switch (change) {
                case Change.Enter e -> calls.enter(e, time);
                case Change.Leave _ -> calls.leave(time);
            }
            return true;
        }
    }
}
