package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.proto.trace.v1.Packet;
import dev.ringscope.proto.trace.v1.Trace;
import dev.ringscope.trace.export.Exported;
import dev.ringscope.trace.export.Exporter;
import dev.ringscope.trace.export.Formats;
import dev.ringscope.trace.format.Bytes;
import dev.ringscope.trace.query.Accesses;
import dev.ringscope.trace.query.Asker;
import dev.ringscope.trace.query.Calls;
import dev.ringscope.trace.query.Coverage;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.Interrupts;
import dev.ringscope.trace.query.NotReplayableException;
import dev.ringscope.trace.query.Range;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.SystemCalls;
import dev.ringscope.trace.query.Verifier;
import dev.ringscope.trace.symbols.Symbols;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Makes traces that lie, with right checksums, and uses them in every way. */
public final class ForgedTraces {
    /** A forged index may promise any number of instructions; nobody waits for all of them. */
    private static final int MOST = 200_000;

    private static final List<Integer> PLACES_OF_NOTE = List.of(0, 1, 0x7f, 0x80, 0xff);

    private ForgedTraces() {}

    /**
     * A recording of the demonstration guest's beginning.
     *
     * @param compression without it what is changed in the file is changed in the content
     */
    public static Path small(Path file, Detail detail, boolean compression) throws IOException {
        RecordingOptions options =
                Guests.options(detail).withDistances(3_000, 9_000, 20_000).withCompression(compression);
        return Guests.demonstration(file, options, _ -> {}, 40_000);
    }

    /** The trace with some bytes of one or two packets changed, and with checksums that fit. */
    static byte[] forge(byte[] whole, Random random) throws IOException {
        List<Packet> packets = Trace.parseFrom(whole).getPacketList();
        ByteArrayOutputStream out = new ByteArrayOutputStream(whole.length);
        int changed = random.nextInt(packets.size());
        int also = random.nextInt(4) == 0 ? random.nextInt(packets.size()) : changed;
        for (int i = 0; i < packets.size(); i++) {
            byte[] body = packets.get(i).toBuilder().clearCrc32C().build().toByteArray();
            if (i == changed || i == also) {
                change(body, random);
            }
            packet(out, body);
        }
        return out.toByteArray();
    }

    private static void change(byte[] body, Random random) {
        int times = 1 + random.nextInt(3);
        // what steers a reader lies at the front of a packet
        int bound = random.nextBoolean() ? Math.min(body.length, 96) : body.length;
        for (int i = 0; i < times; i++) {
            int at = random.nextInt(bound);
            switch (random.nextInt(3)) {
                case 0 -> body[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> body[at] = (byte) random.nextInt();
                default -> body[at] = (byte) (int) PLACES_OF_NOTE.get(random.nextInt(PLACES_OF_NOTE.size()));
            }
        }
    }

    /** Copies packets, as far as they look like some, with checksums that fit. */
    static void withChecksums(byte[] data, ByteArrayOutputStream out) {
        int at = 0;
        while (at < data.length && data[at] == 0x0a) {
            int start = at + 1;
            long length = 0;
            for (int shift = 0; start < data.length && shift < 35; shift += 7) {
                byte b = data[start++];
                length |= (long) (b & 0x7f) << shift;
                if (b >= 0) {
                    break;
                }
            }
            if (length < 5 || length > data.length - start) {
                break;
            }
            packet(out, Arrays.copyOfRange(data, start, start + (int) length - 5));
            at = start + (int) length;
        }
        out.write(data, at, data.length - at);
    }

    /** As it lies in a file: the body may be no message any more. */
    private static void packet(ByteArrayOutputStream out, byte[] body) {
        out.write(0x0a);
        for (int length = body.length + 5; ; length >>>= 7) {
            if (length < 0x80) {
                out.write(length);
                break;
            }
            out.write(length & 0x7f | 0x80);
        }
        out.writeBytes(body);
        out.write(0x7d);
        int crc = Bytes.crc32c(body);
        for (int i = 0; i < 4; i++) {
            out.write(crc >>> 8 * i);
        }
    }

    /** Reads, re-executes and asks; whatever is refused must be refused in words. Whether nothing was. */
    public static boolean use(Path file, long seed) throws IOException {
        boolean right = true;
        try (Recording recording = Recording.open(file)) {
            Random random = new Random(seed);
            long end = recording.trace().endPosition();
            long from = end <= 0 ? 0 : Math.floorMod(random.nextLong(), end);
            Filter filter = Filter.of(new Range(from, Long.MAX_VALUE, MOST));
            for (Use use : List.<Use>of(
                    () -> Instructions.list(recording, filter, _ -> true),
                    () -> Events.list(recording, Set.of(), Filter.of(new Range(0, Long.MAX_VALUE, MOST)), _ -> true),
                    () -> Accesses.list(recording, Accesses.Kind.ALL, filter, _ -> true),
                    () -> checkpoints(recording.trace()),
                    () -> seek(recording.trace(), from, end),
                    () -> new Verifier(recording.trace()).verify(_ -> {}),
                    () -> Coverage.list(recording, filter, _ -> true),
                    () -> Calls.list(recording, new Symbols(), filter, _ -> true),
                    () -> Interrupts.list(recording, filter, _ -> true),
                    () -> SystemCalls.list(recording, Set.of(), filter, _ -> true),
                    () -> export(recording, random))) {
                right &= inWords(file, use);
            }
            ForgedQuestions questions = new ForgedQuestions(recording, filter, from);
            right &= inWords(file, () -> questions.ask(random));
        } catch (TraceFormatException e) {
            told(file, e);
            return false;
        }
        return right;
    }

    private interface Use {
        void run() throws IOException;
    }

    private static boolean inWords(Path file, Use use) throws IOException {
        try {
            use.run();
            return true;
        } catch (TraceFormatException | DivergenceException | NotReplayableException e) {
            told(file, e);
            return false;
        }
    }

    private static void told(Path file, RuntimeException e) {
        assertThat(e.getMessage()).contains(file.getFileName().toString()).doesNotContain("\n");
    }

    private static void checkpoints(TraceReader trace) throws IOException {
        for (int i = 0; i < trace.map().checkpoints().size(); i++) {
            trace.checkpoint(i).registers(trace.machine().registers());
        }
    }

    private static void seek(TraceReader trace, long position, long end) throws IOException {
        if (trace.map().checkpointAt(position) >= 0 && position < end) {
            Timeline timeline = new Timeline(trace, Detail.FLOW);
            timeline.seek(position);
        }
    }

    private static void export(Recording recording, Random random) throws IOException {
        if (recording.trace().endPosition() == 0) {
            return;
        }
        Exported exported = new Exported(recording, new Range(0, Long.MAX_VALUE, 0), new Symbols(), Asker.PATIENT);
        List<Exporter.ToFile> formats = Formats.ALL.stream()
                .filter(Exporter.ToFile.class::isInstance)
                .map(Exporter.ToFile.class::cast)
                .filter(format -> !format.name().equals("lcov")) // refuses guests without source lines
                .toList();
        formats.get(random.nextInt(formats.size())).write(exported, OutputStream.nullOutputStream());
    }
}
