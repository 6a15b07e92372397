package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.trace.explain.Explanation;
import dev.ringscope.trace.explain.WalkText;
import dev.ringscope.trace.explain.Writers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who wrote, before a fault, what its checks looked at: asked of the index and the events. */
final class LastWriters implements Writers {
    /** Accessed and dirty bits that the page walk has set in an entry since it was written: more is a defect. */
    private static final int WALKS = 64;

    /**
     * Who wrote something last.
     *
     * @param what as the explanation calls it: {@code the PTE}, {@code it}, {@code IDTR}
     * @param memory if it lies in memory and anybody wrote it
     * @param register if it is a system register that an instruction loaded
     */
    record Writer(String what, Optional<LastWrite.Write> memory, Optional<Event.SystemRegisterWrite> register) {}

    private record Bytes(long physical, int size) {}

    private final Recording recording;
    private final long position;
    private final Explanation out;
    private final Asker asker;
    private final Map<Bytes, Optional<LastWrite.Write>> known = new HashMap<>();
    private final List<Writer> found = new ArrayList<>();

    /** @param position of the fault */
    LastWriters(Recording recording, long position, Explanation out, Asker asker) {
        this.recording = recording;
        this.position = position;
        this.out = out;
        this.asker = asker;
    }

    /** Those that the explanation has asked for. */
    List<Writer> found() {
        return List.copyOf(found);
    }

    @Override
    public void entry(Walk.Step entry, int size) {
        out.ask(() -> memory("the " + WalkText.name(entry.level()), new Bytes(entry.entry(), size)));
    }

    @Override
    public void linear(String name, X86Cpu cpu, long linear, int size) {
        Walk walk = cpu.paging.walk(linear);
        if (walk.mapped()) {
            int inPage = (int) Math.min(Math.min(size, 8), 4096 - (walk.physical() & 4095));
            out.ask(() -> memory(name, new Bytes(walk.physical(), inPage)));
        }
    }

    private String memory(String what, Bytes bytes) throws IOException {
        Optional<LastWrite.Write> write = known.get(bytes);
        if (write == null) {
            write = last(bytes);
            known.put(bytes, write);
        }
        found.add(new Writer(what, write, Optional.empty()));
        return write.map(w -> "%s was written last at position %d, ring %d, cr3 0x%x, by 0x%x%s: 0x%x -> 0x%x%n"
                        .formatted(
                                what,
                                w.position(),
                                w.ring(),
                                w.root(),
                                w.pc(),
                                w.by() == MemoryAccess.By.OUTSIDE ? " (from outside the processor)" : "",
                                w.before(),
                                w.after()))
                .orElse("%s has not been written by anybody: it is as the guest was loaded%n".formatted(what));
    }

    /** Setting accessed and dirty bits is no answer. */
    private Optional<LastWrite.Write> last(Bytes bytes) throws IOException {
        long before = position;
        for (int n = 0; n < WALKS; n++) {
            Optional<LastWrite.Write> write =
                    LastWrite.at(recording, before, bytes.physical, bytes.size, Touch.Space.PHYSICAL, asker);
            if (write.isEmpty() || write.get().by() != MemoryAccess.By.PAGE_WALK) {
                return write;
            }
            before = write.get().position();
        }
        return Optional.empty();
    }

    @Override
    public void register(String register, String name) {
        out.ask(() -> loaded(register, name));
    }

    private String loaded(String register, String name) throws IOException {
        List<Event.SystemRegisterWrite> last = Latest.of(
                recording,
                new Range(0, position, 1),
                asker,
                (range, answers) -> Events.list(
                        recording,
                        Events.Kind.SYSTEM_REGISTER_WRITE,
                        Event.SystemRegisterWrite.class,
                        Filter.of(range),
                        Answers.asked(answers, w -> !w.register().equals(register) || answers.take(w))));
        found.add(new Writer(name, Optional.empty(), last.stream().findFirst()));
        return last.stream()
                .findFirst()
                .map(w -> "%s was loaded last at position %d by 0x%x: %s 0x%x -> 0x%x%n"
                        .formatted(name, w.position(), w.pc(), register, w.oldValue(), w.newValue()))
                .orElse("%s has not been loaded by any instruction%n".formatted(name));
    }
}
