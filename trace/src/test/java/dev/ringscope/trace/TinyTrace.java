package dev.ringscope.trace;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.Recorder;
import dev.ringscope.emulator.Snapshot;
import dev.ringscope.emulator.StopReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** The trace that docs/trace-format.md takes apart: seven instructions, a page fault, its ring change, a store. */
final class TinyTrace implements Snapshot {
    private long position;
    private Context context = new Context(3, Event.Mode.LONG64, 0x1000);

    static void record(Path file) throws IOException {
        MachineDescription description = new MachineDescription(
                "x86_64",
                1,
                4096,
                0,
                List.of(new MachineDescription.Device("pic", new TreeMap<>())),
                "flat",
                "tiny",
                List.of(),
                new TreeMap<>(),
                List.of(new MachineDescription.Register("rax", 64)));
        RecordingOptions options =
                RecordingOptions.of(Detail.MEMORY, 1_700_000_000, "example").withCompression(false);
        new TinyTrace().run(new TraceRecorder(file, description, options));
    }

    private void run(TraceRecorder recorder) {
        recorder.chunkEnd(this);
        recorder.define(Blocks.block(0, 0x400000, 0x200, 3, 2)); // two instructions, of 3 and 2 bytes
        recorder.define(Blocks.block(1, 0xffff_8000_0000_0100L, 0x800, 1, 2, 1));
        // Block 0 twice, a third time only its first instruction: the second one faults; then the handler.
        recorder.flow(new int[] {0, 0, 0, Recorder.PARTIAL | 1, 1}, 5);
        recorder.event(new Event.Trap(5, Event.Cause.EXCEPTION, 14, 4, 0x404000, 0x33, 0x400003, "NOT_PRESENT", 0));
        recorder.event(new Event.RingChange(
                5,
                3,
                0,
                Event.Mode.LONG64,
                Event.Mode.LONG64,
                Event.Cause.EXCEPTION,
                14,
                0xffff_8000_0000_00e0L,
                0x0000_8e00_0008_0100L,
                0x400003,
                0xffff_8000_0000_0100L,
                0x7000,
                0xffff_8000_0000_1000L));
        recorder.accesses(accesses());
        position = 8;
        context = new Context(0, Event.Mode.LONG64, 0x1000);
        recorder.event(new Event.End(8, StopReason.EXIT, "done"));
        recorder.finish(this, OptionalInt.of(0));
    }

    /**
     * The first instruction of block 0 loads 4 bytes, each time 8 further on; the handler pushes at positions 5 and 6.
     */
    private static dev.ringscope.emulator.AccessLog accesses() {
        var log = new dev.ringscope.emulator.AccessLog();
        long[][] rows = {
            {0, 0x401000, 4, 1},
            {2, 0x401008, 4, 2},
            {4, 0x401010, 4, 3},
            {5, 0xffff_8000_0000_0ff8L, 0x18, 0x2b},
            {6, 0xffff_8000_0000_0ff8L, 8, 0x2b}
        };
        for (long[] row : rows) {
            log.instruction[log.count] = (int) row[0];
            log.address[log.count] = row[1];
            log.kind[log.count] = (byte) row[2];
            log.value[log.count++] = row[3];
        }
        return log;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long time() {
        return position;
    }

    @Override
    public List<Context> contexts() {
        return List.of(context);
    }

    @Override
    public List<byte[]> processors() {
        return List.of(new byte[] {(byte) position});
    }

    @Override
    public List<DeviceState> devices() {
        return List.of(new DeviceState("pic", new byte[] {0x70}));
    }

    @Override
    public byte[] machine() {
        return new byte[] {1};
    }

    @Override
    public long[] registers(int processor) {
        return new long[] {0x2a};
    }

    @Override
    public long[] takeChangedPages() {
        return new long[0];
    }

    @Override
    public long[] takeWrittenPages() {
        return position == 0 ? new long[0] : new long[] {0};
    }

    @Override
    public long[] takeReadPages() {
        return new long[0];
    }

    @Override
    public long[] writtenLines(long[] pages) {
        return LongStream.of(pages).map(_ -> 1L << 63).toArray();
    }

    @Override
    public LinearPages linearPages() {
        return new LinearPages(new long[] {0x8_0000_0000L}, new long[] {0}, new long[] {0x401, 0x8_0000_0000L});
    }

    @Override
    public void beforeWrite(long[] pages, Runnable action) {
        action.run();
    }

    @Override
    public byte[] memory() {
        return new byte[4096];
    }

    @Override
    public int pageIndex(long page) {
        return 0;
    }
}
