package dev.ringscope.emulator.user;

import dev.ringscope.emulator.memory.PhysicalMemory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The page in which the guest keeps what a debugger wants to know of the program. Layout as in {@code kernel.S}. */
final class ProcessPage {
    static final int PLACE = 0x10_7000;
    /** "ringproc". */
    static final long MAGIC = 0x636f_7270_676e_6972L;

    static final int PHASES = 0x08, STARTED = 0x20, WIDE = 0x24, PID = 0x28, CURRENT = 0x2c, ENTRY = 0x30;
    static final int AUXV = 0x38, ARGC = 0x3c, TEXTS = 0x40, LENGTH = 0x48, SAVE = 0x50;
    static final int STOPPED = 0x80, SIGNAL = 0x84, IDLE = 0x88, SIGINFO = 0x100, SIGINFO_SIZE = 128, VECTOR = 0x180;
    static final int MAPPINGS = 0x400;
    static final int SLOTS = 0x800, SLOT_PAGES = 256, SLOT_SIZE = 0x400, SLOTS_OF_A_PAGE = 4;
    /** In a slot. */
    static final int FXSAVE = 0, FRAME = 0x200, FS_BASE = 0x2b0, GS_BASE = 0x2b8, TID = 0x2c0, FS = 0x2c4, GS = 0x2c6;

    static final int AREAS = 0x2c8;

    private ProcessPage() {}

    static int u32(PhysicalMemory memory, int offset) {
        return (int) u64(memory, offset);
    }

    static long u64(PhysicalMemory memory, int offset) {
        memory.need(PLACE + offset, 8);
        return (long) PhysicalMemory.LONG.get(memory.bytes, PLACE + offset);
    }

    /** The path and the arguments as the page's texts. */
    static byte[] texts(String path, List<String> arguments) {
        return (path + "\0" + String.join("\0", arguments) + "\0").getBytes(StandardCharsets.UTF_8);
    }

    /** Power-on's entries. @param texts their physical address */
    static void start(Answer answer, ProgramImage image, int tid, byte[] auxiliary, int argc, long texts, long length) {
        ByteBuffer b = UserMemory.zeros(SAVE - STARTED);
        b.putInt(1)
                .putInt(image.wide() ? 1 : 0)
                .putInt(IdentityCalls.PID)
                .putInt(tid)
                .putLong(image.entry());
        b.putInt(auxiliary.length).putInt(argc).putLong(texts).putLong(length);
        answer.add(new Answer.Store(PLACE + STARTED, b.array()));
        answer.add(new Answer.Store(PLACE + VECTOR, auxiliary));
    }

    /** The kernel shall go on with another thread. @param save slot of the one that runs, 0: it has ended */
    static void change(Answer answer, long save, long load) {
        answer.add(new Answer.Store(
                PLACE + SAVE, UserMemory.zeros(16).putLong(save).putLong(load).array()));
    }

    /** Whether no thread can run for now. */
    static void idle(Answer answer, boolean now) {
        answer.add(new Answer.Store(
                PLACE + IDLE, UserMemory.zeros(4).putInt(now ? 1 : 0).array()));
    }

    /** The running thread shall pass signal_stop. */
    static void stop(Answer answer, int tid, int signal, byte[] siginfo) {
        answer.add(new Answer.Store(
                PLACE + STOPPED, UserMemory.zeros(8).putInt(tid).putInt(signal).array()));
        answer.add(new Answer.Store(PLACE + SIGINFO, siginfo));
    }
}
