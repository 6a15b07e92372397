package dev.ringscope.emulator.user;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a program finds on its stack: argc, argv, envp and the auxiliary vector (System V ABI x86-64, 3.4.1;
 * getauxval(3)).
 */
final class InitialStack {
    private static final int AT_PHDR = 3,
            AT_PHENT = 4,
            AT_PHNUM = 5,
            AT_PAGESZ = 6,
            AT_BASE = 7,
            AT_FLAGS = 8,
            AT_ENTRY = 9;
    private static final int AT_UID = 11, AT_EUID = 12, AT_GID = 13, AT_EGID = 14, AT_PLATFORM = 15, AT_HWCAP = 16;
    private static final int AT_CLKTCK = 17, AT_SECURE = 23, AT_RANDOM = 25, AT_EXECFN = 31, AT_NULL = 0;

    private final UserMemory memory;
    private final int word;
    private long top;
    private byte[] vector = new byte[0];

    /** @param top end of the stack's mapping */
    InitialStack(UserMemory memory, boolean wide, long top) {
        this.memory = memory;
        this.word = wide ? 8 : 4;
        this.top = top;
    }

    /** @return the initial stack pointer */
    long build(ProgramImage image, List<String> arguments, List<String> environment, byte[] random, long features) {
        long name = string(arguments.getFirst());
        long platform = string(word == 8 ? "x86_64" : "i686");
        top -= random.length;
        long randomAt = top;
        memory.space().write(randomAt, random);
        List<Long> argv = strings(arguments);
        List<Long> envp = strings(environment);
        long[] auxiliary = {
            AT_HWCAP,
            features,
            AT_PAGESZ,
            4096,
            AT_CLKTCK,
            100,
            AT_PHDR,
            image.programHeadersAt(),
            AT_PHENT,
            image.programHeaderSize(),
            AT_PHNUM,
            image.programHeaders(),
            AT_BASE,
            0,
            AT_FLAGS,
            0,
            AT_ENTRY,
            image.entry(),
            AT_UID,
            0,
            AT_EUID,
            0,
            AT_GID,
            0,
            AT_EGID,
            0,
            AT_SECURE,
            0,
            AT_RANDOM,
            randomAt,
            AT_EXECFN,
            name,
            AT_PLATFORM,
            platform,
            AT_NULL,
            0
        };
        List<Long> words = new ArrayList<>();
        words.add((long) arguments.size());
        words.addAll(argv);
        words.add(0L);
        words.addAll(envp);
        words.add(0L);
        for (long value : auxiliary) {
            words.add(value);
        }
        top = top - (long) words.size() * word & -16;
        ByteBuffer bytes = ByteBuffer.allocate(words.size() * word).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : words) {
            if (word == 8) {
                bytes.putLong(value);
            } else {
                bytes.putInt((int) value);
            }
        }
        memory.write(top, bytes);
        int all = bytes.capacity();
        vector = Arrays.copyOfRange(bytes.array(), all - auxiliary.length * word, all);
        return top;
    }

    /** The auxiliary vector that {@link #build} has made, up to and with AT_NULL. */
    byte[] vector() {
        return vector;
    }

    private List<Long> strings(List<String> texts) {
        return texts.stream().map(this::string).toList();
    }

    private long string(String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        top -= bytes.length;
        memory.space().write(top, bytes);
        return top;
    }
}
