package dev.ringscope.trace.export;

import dev.ringscope.trace.export.Mark.Note;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The trace event format of Chrome ("Trace Event Format", the JSON object form): groups are its processes, tracks its
 * threads. Times are microseconds of virtual time with three decimals.
 */
final class ChromeJson implements Exporter.ToFile {
    @Override
    public String name() {
        return "chrome";
    }

    @Override
    public String description() {
        return "the same picture as trace events in JSON, for chrome://tracing, Perfetto and speedscope";
    }

    @Override
    public void write(Exported exported, OutputStream out) throws IOException {
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.US_ASCII), 1 << 16);
        writer.write("{\"displayTimeUnit\":\"ns\",\"otherData\":{\"producer\":\"Ringscope\",\"clock\":\"virtual\"},\n");
        writer.write("\"traceEvents\":[");
        Picture.draw(exported, new Events(writer));
        writer.write("\n]}\n");
        writer.flush();
    }

    private static final class Events implements TrackWriter {
        private static final int NANOSECONDS = 1000;

        /** One that has not ended: whole slices (phase X) tell readers which end belongs to which begin. */
        private record Slice(long begin, Mark mark) {}

        private final Writer out;
        private final Map<Integer, Deque<Slice>> open = new HashMap<>();
        private boolean any;

        Events(Writer out) {
            this.out = out;
        }

        @Override
        public void track(Track track) throws IOException {
            String what = track.kind() == Track.Kind.GROUP ? "process" : "thread";
            if (track.kind() == Track.Kind.COUNTER) {
                return; // named by its values
            }
            metadata(track, what + "_name", "\"name\":" + JsonText.quote(track.name()));
            metadata(track, what + "_sort_index", "\"sort_index\":" + track.number());
        }

        private void metadata(Track track, String name, String argument) throws IOException {
            next();
            out.write("\"ph\":\"M\"");
            place(track);
            out.write(",\"name\":\"" + name + "\",\"args\":{" + argument + "}}");
        }

        @Override
        public void begin(Track track, long time, Mark mark) {
            open.computeIfAbsent(track.number(), _ -> new ArrayDeque<>()).push(new Slice(time, mark));
        }

        @Override
        public void end(Track track, long time) throws IOException {
            Slice slice = open.get(track.number()).pop();
            event("X", track, slice.begin);
            out.write(",\"dur\":" + microseconds(time - slice.begin));
            mark(slice.mark);
            out.write('}');
        }

        @Override
        public void instant(Track track, long time, Mark mark) throws IOException {
            event("i", track, time);
            out.write(",\"s\":\"t\"");
            mark(mark);
            out.write('}');
        }

        @Override
        public void count(Track track, long time, long value) throws IOException {
            event("C", track, time);
            out.write(",\"name\":" + JsonText.quote(track.name()));
            out.write(",\"args\":{" + JsonText.quote(track.unit()) + ":" + value + "}}");
        }

        private static String microseconds(long time) {
            String thousandths = Long.toString(NANOSECONDS + time % NANOSECONDS);
            return time / NANOSECONDS + "." + thousandths.substring(1);
        }

        private void next() throws IOException {
            out.write(any ? ",\n{" : "\n{");
            any = true;
        }

        private void event(String phase, Track track, long time) throws IOException {
            next();
            out.write("\"ph\":\"" + phase + "\",\"ts\":");
            out.write(microseconds(time));
            place(track);
        }

        private void place(Track track) throws IOException {
            Track group = track.group() == null ? track : track.group();
            out.write(",\"pid\":" + group.number() + ",\"tid\":" + track.number());
        }

        private void mark(Mark mark) throws IOException {
            out.write(",\"name\":" + JsonText.quote(mark.name()) + ",\"args\":{");
            boolean first = true;
            for (Note note : mark.notes()) {
                out.write((first ? "" : ",") + JsonText.quote(note.name()) + ":" + value(note));
                first = false;
            }
            out.write('}');
        }

        private static String value(Note note) {
            return switch (note) {
                case Note.Number n -> Long.toString(n.value());
                case Note.Hex n -> "\"0x" + Long.toHexString(n.value()) + "\"";
                case Note.Text n -> JsonText.quote(n.value());
            };
        }
    }
}
