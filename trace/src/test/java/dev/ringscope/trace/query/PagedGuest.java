package dev.ringscope.trace.query;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.MachineDescription;
import dev.ringscope.emulator.Wiring;
import dev.ringscope.emulator.boot.EntryState;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.RecordingOptions;
import dev.ringscope.trace.TraceRecorder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;

/** A guest that turns on paging with tables at random, loads a GDT and an IDT at random, and stops. */
final class PagedGuest {
    /** Paging modes. */
    enum Mode {
        NONE,
        BITS32,
        PAE,
        LEVEL4
    }

    static final int CODE = 0x1000;
    static final int GDT = 0x2000;
    static final int IDT = 0x3000;
    static final int LIMIT = 0x3f7;
    private static final int ROOT = 0x10_0000;
    private static final int TABLES = 40;
    private static final int PAGE = 4096;
    private static final long PRESENT = 1, LARGE = 0x80, NX = 1L << 63, SHARED = 0x7;

    /** The only entries of a table that are not zero. */
    static final int[] INDICES = {0, 1, 2, 3, 4, 7, 255, 256, 510, 511};

    private final Mode mode;
    private final Random random;
    private final byte[] memory = new byte[16 << 20];
    private final ByteBuffer bytes = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);

    private PagedGuest(Mode mode, Random random) {
        this.mode = mode;
        this.random = random;
    }

    static Recording record(Path file, Mode mode, Random random) throws IOException {
        PagedGuest guest = new PagedGuest(mode, random);
        guest.build();
        return record(file, guest.memory, RecordingOptions.of(Detail.FLOW, 1_000_000_000, "test"), 1000);
    }

    /** A guest that runs 32-bit code without paging. @param chunk and checkpoint instructions between two of them */
    static Recording record(Path file, byte[] code, int chunk, int checkpoint) throws IOException {
        byte[] memory = new byte[16 << 20];
        System.arraycopy(code, 0, memory, CODE, code.length);
        RecordingOptions options = RecordingOptions.of(Detail.FLOW, 1_000_000_000, "test");
        return record(file, memory, options.withDistances(chunk, checkpoint, 2 * checkpoint), 1_000_000);
    }

    private static Recording record(Path file, byte[] loaded, RecordingOptions options, long most) throws IOException {
        MachineDescription description = new MachineDescription(
                "x86_64",
                1,
                loaded.length,
                0,
                Machine.standardDevices(),
                "flat",
                "random tables",
                List.of(),
                new TreeMap<>(),
                Registers.list());
        Machine machine = new Machine(description, new byte[0], new Wiring(null), false);
        machine.load(memory -> {
            memory.load(0, loaded, 0, loaded.length);
            return new EntryState(EntryState.Mode.PROTECTED32, 8, 16, CODE, 0, GDT, LIMIT, new long[16]);
        });
        TraceRecorder recorder = new TraceRecorder(file, description, options);
        machine.setRecorder(recorder);
        machine.end(machine.run(most));
        recorder.finish(machine.state(), OptionalInt.empty());
        return Recording.open(file);
    }

    private void build() {
        for (int at = GDT; at < IDT + LIMIT + 1; at += 8) {
            bytes.putLong(at, random.nextInt(4) == 0 ? 0 : random.nextLong());
        }
        bytes.putShort(0xf00, (short) LIMIT);
        bytes.putInt(0xf02, IDT);
        bytes.position(CODE);
        code(0x0f, 0x01, 0x1d).putInt(0xf00); // lidt [0xf00]
        if (mode != Mode.NONE) {
            tables();
            code(0xb8).putInt(mode == Mode.BITS32 ? 0x10 : 0x30); // mov eax, PSE or PSE and PAE
            code(0x0f, 0x22, 0xe0, 0xb8).putInt(ROOT); // mov cr4, eax; mov eax, root
            code(0x0f, 0x22, 0xd8, 0xb9).putInt(0xc000_0080); // mov cr3, eax; mov ecx, EFER
            code(0xb8).putInt(mode == Mode.LEVEL4 ? 0x900 : 0x800); // mov eax, NXE or NXE and LME
            code(0x31, 0xd2, 0x0f, 0x30); // xor edx, edx; wrmsr
            code(0x0f, 0x20, 0xc0, 0x0d).putInt(0x8000_0000); // mov eax, cr0; or eax, PG
            code(0x0f, 0x22, 0xc0); // mov cr0, eax
        }
        code(0x90, 0xf4); // nop; hlt
    }

    private ByteBuffer code(int... values) {
        for (int value : values) {
            bytes.put((byte) value);
        }
        return bytes;
    }

    private int top() {
        return mode == Mode.LEVEL4 ? 4 : mode == Mode.PAE ? 3 : 2;
    }

    /** Tables of each level in turn, so that a table has one level only; the first one of a level maps the code. */
    private void tables() {
        for (int n = 0; n < TABLES; n++) {
            int level = n == 0 ? top() : 1 + (n - 1) % Math.max(1, top() - 1);
            for (int index : INDICES) {
                boolean pointers = mode == Mode.PAE && level == 3;
                if (!pointers || index < 4) {
                    put(n, index, entry(level, pointers));
                }
            }
        }
        int table = 0;
        for (int level = top(); level > 1; level--) {
            int next = level - 1; // table 1 is of level 1, and so on
            put(table, 0, ROOT + (long) next * PAGE | (mode == Mode.PAE && level == 3 ? PRESENT : SHARED));
            table = next;
        }
        for (int page : new int[] {CODE, GDT, IDT}) {
            put(table, page / PAGE, page | SHARED);
        }
    }

    private void put(int table, int index, long value) {
        if (mode == Mode.BITS32) {
            bytes.putInt(ROOT + table * PAGE + 4 * index, (int) value);
        } else {
            bytes.putLong(ROOT + table * PAGE + 8 * index, value);
        }
    }

    private long entry(int level, boolean pointer) {
        if (random.nextInt(5) == 0) {
            return random.nextLong() & ~PRESENT;
        }
        long flags = PRESENT | (pointer ? 0 : random.nextInt(128) & ~(level == top() && level > 2 ? LARGE : 0));
        long wide = mode == Mode.BITS32 || pointer ? 0 : random.nextInt(4) == 0 ? NX : 0;
        boolean large = level > 1 && level < 4 && !pointer && random.nextInt(4) == 0;
        long odd = !pointer && random.nextInt(30) == 0 ? random.nextLong() & 0x000f_f000_0020_0000L : 0;
        if (level == 1) {
            return flags | wide | odd | (long) random.nextInt(4096) * PAGE;
        }
        if (large) {
            return flags | wide | odd | LARGE | (long) random.nextInt(3) << (mode == Mode.BITS32 ? 22 : 21);
        }
        int of = level - 1 + random.nextInt(TABLES / top() - 2) * Math.max(1, top() - 1); // one of the level below
        return flags & ~LARGE | wide | odd | ROOT + (long) of * PAGE;
    }
}
