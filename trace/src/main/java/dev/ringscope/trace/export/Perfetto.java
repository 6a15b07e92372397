package dev.ringscope.trace.export;

import dev.ringscope.trace.export.Mark.Note;
import dev.ringscope.trace.format.WireOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A Perfetto trace: {@code Trace { repeated TracePacket packet = 1; }} with track events, as the project's protos
 * define them. Times are virtual, given as those of the default clock. Names that come often are written once
 * (interned).
 */
final class Perfetto implements Exporter.ToFile {
    @Override
    public String name() {
        return "perfetto";
    }

    @Override
    public String description() {
        return "rings, traps, address spaces and counters over virtual time, for ui.perfetto.dev";
    }

    @Override
    public void write(Exported exported, OutputStream out) throws IOException {
        Picture.draw(exported, new Packets(out));
        out.flush();
    }

    private static final class Packets implements TrackWriter {
        private static final int SEQUENCE = 1;
        private static final int SLICE_BEGIN = 1, SLICE_END = 2, INSTANT = 3, COUNTER = 4;
        private static final int CLEARED = 1, NEEDS_STATE = 2;
        private static final int EXPLICIT_ORDER = 3;
        private static final int INTERNED = 1 << 16;

        private final OutputStream out;
        private final WireOutput packet = new WireOutput(1 << 10);
        private final WireOutput event = new WireOutput(1 << 10);
        private final WireOutput part = new WireOutput(1 << 8);
        private final WireOutput inner = new WireOutput(1 << 8);
        private final WireOutput interned = new WireOutput(1 << 8);
        private final WireOutput length = new WireOutput(16);
        /** Numbers of the names of events and of annotations. */
        private final Map<String, Integer> names = new HashMap<>();

        private final Map<String, Integer> notes = new HashMap<>();
        private boolean begun;

        Packets(OutputStream out) {
            this.out = out;
        }

        @Override
        public void track(Track track) throws IOException {
            event.clear();
            number(event, 1, track.number()); // uuid
            text(event, 2, track.name());
            if (track.group() != null) {
                number(event, 5, track.group().number()); // parent_uuid
            }
            if (track.kind() == Track.Kind.COUNTER) {
                part.clear();
                text(part, 6, track.unit()); // unit_name
                message(event, 8, part);
            }
            number(event, 11, EXPLICIT_ORDER); // child_ordering
            number(event, 12, track.number()); // sibling_order_rank
            packet.clear();
            message(packet, 60, event); // track_descriptor
            write();
        }

        @Override
        public void begin(Track track, long time, Mark mark) throws IOException {
            event(track, SLICE_BEGIN);
            mark(mark);
            write(time);
        }

        @Override
        public void end(Track track, long time) throws IOException {
            event(track, SLICE_END);
            write(time);
        }

        @Override
        public void instant(Track track, long time, Mark mark) throws IOException {
            event(track, INSTANT);
            mark(mark);
            write(time);
        }

        @Override
        public void count(Track track, long time, long value) throws IOException {
            event(track, COUNTER);
            number(event, 30, value); // counter_value
            write(time);
        }

        private void event(Track track, int type) {
            event.clear();
            number(event, 9, type);
            number(event, 11, track.number()); // track_uuid
        }

        private void mark(Mark mark) {
            Integer name = intern(names, 2, mark.name());
            if (name == null) {
                text(event, 23, mark.name());
            } else {
                number(event, 10, name); // name_iid
            }
            for (Note note : mark.notes()) {
                part.clear();
                number(part, 1, intern(notes, 3, note.name()));
                switch (note) {
                    case Note.Number n -> number(part, 3, n.value()); // uint_value
                    case Note.Hex n -> number(part, 7, n.value()); // pointer_value
                    case Note.Text n -> text(part, 6, n.value()); // string_value
                }
                message(event, 4, part); // debug_annotations
            }
        }

        /** The number of a name; null for one that there is no room for. */
        private Integer intern(Map<String, Integer> known, int field, String name) {
            Integer number = known.get(name);
            if (number == null && known.size() < INTERNED) {
                number = known.size() + 1;
                known.put(name, number);
                inner.clear();
                number(inner, 1, number);
                text(inner, 2, name);
                message(interned, field, inner);
            }
            return number;
        }

        private void write(long time) throws IOException {
            packet.clear();
            number(packet, 8, time); // timestamp
            message(packet, 11, event);
            if (interned.size() > 0) {
                message(packet, 12, interned);
                interned.clear();
            }
            write();
        }

        private void write() throws IOException {
            number(packet, 10, SEQUENCE);
            number(packet, 13, begun ? NEEDS_STATE : CLEARED);
            begun = true;
            length.clear();
            length.varint(1 << 3 | 2);
            length.varint(packet.size());
            out.write(length.array(), 0, length.size());
            out.write(packet.array(), 0, packet.size());
        }

        private static void number(WireOutput to, int field, long value) {
            to.varint((long) field << 3);
            to.varint(value);
        }

        private static void text(WireOutput to, int field, String value) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            to.varint((long) field << 3 | 2);
            to.varint(bytes.length);
            to.bytes(bytes, 0, bytes.length);
        }

        private static void message(WireOutput to, int field, WireOutput content) {
            to.column(field, content);
        }
    }
}
