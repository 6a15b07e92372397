package dev.ringscope.cli;

import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.x86.X86Isa;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * What takes Java long to make, begun on other threads while the command line is being read: the table of instructions,
 * and for Linux, which has something at the end of it from the start, all of a memory of the usual size, 256 MiB that
 * Java fills with zeros.
 */
final class EarlyStart {
    /** Options with which the machine's memory is another one, or there is no machine. */
    private static final List<String> OTHERS = List.of("--memory", "--help", "-h");

    /** Null: none has been begun, or it has been taken. */
    private static CompletableFuture<PhysicalMemory> memory;

    private EarlyStart() {}

    /** Called once, with the arguments of the whole command line. */
    static void begin(String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals("run") && !arguments[0].equals("record")) {
            return;
        }
        CompletableFuture.runAsync(X86Isa::table, EarlyStart::start);
        if (has("--kernel", arguments) && OTHERS.stream().noneMatch(other -> has(other, arguments))) {
            int size = (int) MemorySize.USUAL.bytes();
            memory = CompletableFuture.supplyAsync(() -> new PhysicalMemory(size, new byte[0]), EarlyStart::start);
        }
    }

    private static boolean has(String option, String... arguments) {
        return Arrays.stream(arguments).anyMatch(a -> a.startsWith(option));
    }

    private static void start(Runnable task) {
        Thread.ofPlatform().daemon().name("early start").start(task);
    }

    /** Memory for a machine: that which was begun, if it is of this size. */
    static PhysicalMemory memory(long ramBytes, byte[] rom) {
        CompletableFuture<PhysicalMemory> begun = memory;
        memory = null;
        if (begun != null && ramBytes == MemorySize.USUAL.bytes() && rom.length == 0) {
            try {
                return begun.join();
            } catch (CompletionException e) {
                // The same again on this thread, so that whoever answers for it is told.
            }
        }
        int size = Math.toIntExact(ramBytes);
        return rom.length == 0 ? PhysicalMemory.growing(size) : new PhysicalMemory(size, rom);
    }
}
