package dev.ringscope.trace.export;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.proto.trace.v1.VectorCount;
import dev.ringscope.trace.TraceFormatException;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.ContextEffect;
import dev.ringscope.trace.format.TraceMap.ChunkPlace;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.VirtualClock;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A Value Change Dump (IEEE Std 1364-2005, clause 18) for waveform viewers such as GTKWave: ring, mode, CR3 and HLT as
 * signals, a line for each vector of an interrupt or exception. The time is virtual time in nanoseconds; the position
 * is a signal of its own.
 */
final class Vcd implements Exporter.ToFile {
    private static final int WIDE = 64;
    private static final int FIRST_CODE = '!';
    private static final int CODES = '~' - '!' + 1;

    /** A line, and its code in the file. */
    private record Signal(String name, String type, int bits, String code) {}

    private static final Set<Events.Kind> KINDS =
            EnumSet.of(Events.Kind.RING_CHANGE, Events.Kind.TRAP, Events.Kind.SYSTEM_REGISTER_WRITE, Events.Kind.HALT);

    @Override
    public String name() {
        return "vcd";
    }

    @Override
    public String description() {
        return "ring, mode, CR3, HLT and interrupts as signals, for GTKWave and other waveform viewers";
    }

    @Override
    public void write(Exported exported, OutputStream out) throws IOException {
        try (Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.US_ASCII), 1 << 16)) {
            new Dump(exported, writer).write();
        }
    }

    private static final class Dump {
        private final Exported exported;
        private final Writer out;
        private final Map<String, Signal> signals = new LinkedHashMap<>();
        private final VirtualClock clock;
        private Context context;
        private long written = -1;

        Dump(Exported exported, Writer out) throws IOException {
            this.exported = exported;
            this.out = out;
            Range range = exported.range();
            clock = VirtualClock.from(exported.recording().trace(), range.from());
            context = exported.recording().trace().instructions(range.from()).contextAt(range.from());
            add("position", "integer", WIDE);
            add("ring", "reg", 2);
            add("mode", "reg", 3);
            add("cr3", "reg", WIDE);
            add("halted", "reg", 1);
            for (VectorCount vector :
                    exported.recording().trace().index().getTotals().getVectorsList()) {
                add(line(vector.getVector()), "event", 1);
            }
        }

        private static String line(int vector) {
            return "vector_%02x".formatted(vector);
        }

        private void add(String name, String type, int bits) {
            int n = signals.size();
            String code = n < CODES
                    ? Character.toString(FIRST_CODE + n)
                    : Character.toString(FIRST_CODE + n / CODES - 1) + Character.toString(FIRST_CODE + n % CODES);
            signals.put(name, new Signal(name, type, bits, code));
        }

        void write() throws IOException {
            header();
            Range range = exported.range();
            time(clock.at(range.from()));
            out.write("$dumpvars\n");
            value("position", range.from());
            state();
            value("halted", 0);
            out.write("$end\n");
            Events.list(
                    exported.recording(),
                    KINDS,
                    Filter.of(new Range(range.from(), range.to(), 0)),
                    exported.asked(event -> {
                        change(event);
                        return true;
                    }));
            long end = exported.end();
            time(clock.at(end));
            value("position", end);
        }

        private void header() throws IOException {
            out.write("$version Ringscope $end\n$timescale 1 ns $end\n$scope module cpu0 $end\n");
            for (Signal signal : signals.values()) {
                out.write("$var %s %d %s %s $end\n".formatted(signal.type, signal.bits, signal.code, signal.name));
            }
            out.write("$upscope $end\n$comment mode: 0 real, 1 protected 16, 2 protected 32, 3 virtual 8086,"
                    + " 4 compatibility 16, 5 compatibility 32, 6 long 64 $end\n$enddefinitions $end\n");
        }

        private void change(Event event) throws IOException {
            Context after = ContextEffect.after(context, event);
            if (after != context) {
                context = after;
                at(event.position());
                state();
            }
            switch (event) {
                case Event.Trap e -> {
                    at(e.position());
                    out.write("1" + vector(e).code + "\n");
                }
                case Event.Halt e -> {
                    at(e.position());
                    value("halted", 1);
                    clock.pass(e);
                    at(e.position());
                    value("halted", 0);
                }
                case Event.RingChange _,
                        Event.SystemRegisterWrite _,
                        Event.TableUpdate _,
                        Event.TranslationFlush _,
                        Event.PortAccess _,
                        Event.DeviceAccess _,
                        Event.Input _,
                        Event.End _ -> {}
            }
        }

        private Signal vector(Event.Trap e) {
            Signal signal = signals.get(line(e.vector()));
            if (signal == null) {
                TraceReader trace = exported.recording().trace();
                List<ChunkPlace> chunks = trace.map().chunks();
                int chunk = trace.map().chunkAt(e.position());
                throw new TraceFormatException(
                        trace.file(),
                        (chunk < 0 ? chunks.getLast() : chunks.get(chunk)).offset(),
                        "only vectors that the index knows, found 0x%02x".formatted(e.vector()));
            }
            return signal;
        }

        private void at(long position) throws IOException {
            if (time(clock.at(position))) {
                value("position", position);
            }
        }

        private boolean time(long nanoseconds) throws IOException {
            if (nanoseconds <= written) {
                return false;
            }
            written = nanoseconds;
            out.write("#" + nanoseconds + "\n");
            return true;
        }

        private void state() throws IOException {
            value("ring", context.ring());
            value("mode", context.mode().ordinal());
            value("cr3", context.translationRoot());
        }

        private void value(String name, long value) throws IOException {
            Signal signal = signals.get(name);
            out.write(
                    signal.bits == 1
                            ? value + signal.code + "\n"
                            : "b" + Long.toBinaryString(value) + " " + signal.code + "\n");
        }
    }
}
