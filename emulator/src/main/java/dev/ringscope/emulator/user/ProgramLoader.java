package dev.ringscope.emulator.user;

import dev.ringscope.emulator.boot.EntryState;
import dev.ringscope.emulator.boot.Image;
import dev.ringscope.emulator.boot.Loader;
import dev.ringscope.emulator.boot.MultibootLoader;
import dev.ringscope.emulator.memory.PhysicalMemory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Starts the built-in guest kernel; it asks for its program by the first hypercall. */
public final class ProgramLoader implements Loader {
    private static final String KERNEL = "/dev/ringscope/emulator/guest/kernel.elf";

    @Override
    public EntryState load(PhysicalMemory memory) {
        try (InputStream in = ProgramLoader.class.getResourceAsStream(KERNEL)) {
            Image kernel = new Image("the built-in guest kernel", in.readAllBytes());
            return new MultibootLoader(kernel, List.of(), "").load(memory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
