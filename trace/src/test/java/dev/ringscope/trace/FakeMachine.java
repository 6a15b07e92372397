package dev.ringscope.trace;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;

/** A machine that only has state: what a recorder asks of it. */
final class FakeMachine implements Snapshot {
    static final int PAGES = 64;

    final byte[] ram = new byte[PAGES * 4096];
    final TreeSet<Long> changed = new TreeSet<>();
    final TreeSet<Long> written = new TreeSet<>();
    final TreeSet<Long> read = new TreeSet<>();
    long position;
    long skipped;
    Context context = new Context(0, Event.Mode.LONG64, 0x1000);

    FakeMachine() {
        for (int i = 8192; i < 8192 + 3000; i++) {
            ram[i] = (byte) (i * 31 >>> 3);
        }
        for (long page = 0; page < PAGES; page++) {
            changed.add(page);
        }
    }

    static MachineDescription description() {
        return new MachineDescription(
                "x86_64",
                1,
                PAGES * 4096L,
                0,
                List.of(
                        new MachineDescription.Device("pic", new TreeMap<>()),
                        new MachineDescription.Device("com1", new TreeMap<>(Map.of("port", "0x3f8")))),
                "flat",
                "fake",
                List.of("a", "b"),
                new TreeMap<>(Map.of("answer", "42")),
                List.of(
                        new MachineDescription.Register("rax", 64),
                        new MachineDescription.Register("eflags", 32),
                        new MachineDescription.Register("xmm0", 128)));
    }

    void write(long address, int value) {
        ram[(int) address] = (byte) value;
        changed.add(address >>> 12);
        written.add(address >>> 12);
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long time() {
        return position + skipped;
    }

    @Override
    public List<Context> contexts() {
        return List.of(context);
    }

    @Override
    public List<byte[]> processors() {
        return List.of(("cpu@" + position).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public List<DeviceState> devices() {
        return List.of(
                new DeviceState("pic", new byte[] {1, 2}), new DeviceState("com1", new byte[] {(byte) position}));
    }

    @Override
    public byte[] machine() {
        return new byte[] {9, 9};
    }

    @Override
    public long[] registers(int processor) {
        return new long[] {position * 3, 2, position, ~position};
    }

    @Override
    public long[] takeChangedPages() {
        return take(changed);
    }

    @Override
    public long[] takeWrittenPages() {
        return take(written);
    }

    @Override
    public long[] takeReadPages() {
        return take(read);
    }

    private static long[] take(TreeSet<Long> set) {
        long[] pages = set.stream().mapToLong(Long::longValue).toArray();
        set.clear();
        return pages;
    }

    @Override
    public long[] writtenLines(long[] pages) {
        return LongStream.of(pages).map(_ -> -1L).toArray();
    }

    @Override
    public LinearPages linearPages() {
        return new LinearPages(new long[0], new long[0], new long[0]);
    }

    @Override
    public void beforeWrite(long[] pages, Runnable action) {
        action.run();
    }

    @Override
    public byte[] memory() {
        return ram;
    }

    @Override
    public int pageIndex(long page) {
        return (int) (page * 4096);
    }
}
