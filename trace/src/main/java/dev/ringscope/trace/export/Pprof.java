package dev.ringscope.trace.export;

import dev.ringscope.trace.format.WireOutput;
import dev.ringscope.trace.query.CallTree.Node;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * A profile for pprof: {@code perftools.profiles.Profile} (google/pprof, proto/profile.proto), compressed with gzip. A
 * sample for each path of calls, whose value is the instructions that ran at its end; a function has one location.
 */
final class Pprof implements Exporter.ToFile {
    @Override
    public String name() {
        return "pprof";
    }

    @Override
    public String description() {
        return "instructions by path of calls, for pprof (go tool pprof)";
    }

    @Override
    public void write(Exported exported, OutputStream out) throws IOException {
        GZIPOutputStream packed = new GZIPOutputStream(out, 1 << 16);
        new Profile(CallProfile.of(exported), packed).write();
        packed.finish();
        packed.flush();
    }

    private static final class Profile {
        private final CallProfile profile;
        private final OutputStream out;
        private final Map<String, Integer> strings = new HashMap<>();
        private final Map<String, Integer> locations = new HashMap<>();
        private final WireOutput message = new WireOutput(1 << 10);
        private final WireOutput part = new WireOutput(1 << 10);
        private final WireOutput field = new WireOutput(1 << 10);

        Profile(CallProfile profile, OutputStream out) {
            this.profile = profile;
            this.out = out;
        }

        void write() throws IOException {
            string("");
            int instructions = string("instructions");
            int count = string("count");
            message.clear();
            number(message, 1, instructions); // type
            number(message, 2, count); // unit
            give(1, message); // sample_type
            give(11, message); // period_type
            field.clear();
            number(field, 12, 1); // period
            out.write(field.array(), 0, field.size());
            profile.walk(this::sample);
        }

        private void sample(List<Node> path) throws IOException {
            if (path.getLast().self() == 0) {
                return;
            }
            part.clear();
            for (Node node : path.reversed()) {
                part.varint(location(node));
            }
            message.clear();
            message.column(1, part); // location_id
            part.clear();
            part.varint(path.getLast().self());
            message.column(2, part); // value
            give(2, message); // sample
        }

        /** A new one is written in front of the sample that needs it. */
        private int location(Node node) throws IOException {
            String name = profile.name(node);
            Integer known = locations.get(name);
            if (known != null) {
                return known;
            }
            int number = locations.size() + 1;
            locations.put(name, number);
            int text = string(name);
            WireOutput line = new WireOutput(16);
            number(line, 1, number); // function_id
            WireOutput location = new WireOutput(32);
            number(location, 1, number); // id
            if (node.address() != 0) {
                number(location, 3, node.address()); // address
            }
            location.column(4, line); // line
            give(4, location);
            WireOutput function = new WireOutput(32);
            number(function, 1, number); // id
            number(function, 2, text); // name
            number(function, 3, text); // system_name
            give(5, function);
            return number;
        }

        private int string(String text) throws IOException {
            Integer known = strings.get(text);
            if (known != null) {
                return known;
            }
            strings.put(text, strings.size());
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            field.clear();
            field.varint(6 << 3 | 2); // string_table
            field.varint(bytes.length);
            field.bytes(bytes, 0, bytes.length);
            out.write(field.array(), 0, field.size());
            return strings.size() - 1;
        }

        private static void number(WireOutput to, int field, long value) {
            to.varint((long) field << 3);
            to.varint(value);
        }

        private void give(int number, WireOutput content) throws IOException {
            field.clear();
            field.column(number, content);
            out.write(field.array(), 0, field.size());
        }
    }
}
