package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.Explanation;
import dev.ringscope.trace.explain.WalkText;
import dev.ringscope.trace.explain.Writers;
import dev.ringscope.trace.query.Events;
import java.io.IOException;
import java.util.Optional;

/** Who wrote last, in front of a fault, what the fault's checks looked at: questions of an {@link Explanation}. */
final class PastWriters implements Writers {
    private static final long ACCESSED_AND_DIRTY = 0x60;

    private final Guest guest;
    private final Past past;
    private final long position;
    private final Explanation out;

    /** @param position of the fault */
    PastWriters(Guest guest, Past past, long position, Explanation out) {
        this.out = out;
        this.guest = guest;
        this.past = past;
        this.position = position;
    }

    /** A question to the past that may be refused. */
    private interface Asked {
        String answer() throws IOException, RefusedException;
    }

    /** A refusal on its way through an {@link Explanation}. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final RefusedException why;

        Refusal(RefusedException why) {
            super(why);
            this.why = why;
        }

        RefusedException why() {
            return why;
        }
    }

    private static Explanation.Question asking(Asked asked) {
        return () -> {
            try {
                return asked.answer();
            } catch (RefusedException e) {
                throw new Refusal(e);
            }
        };
    }

    /** Of a page-table entry: the recording tells table updates as such, which is quicker than a search. */
    @Override
    public void entry(Walk.Step entry, int size) {
        out.ask(asking(() -> entryWriter(entry, size)));
    }

    private String entryWriter(Walk.Step entry, int size) throws IOException, RefusedException {
        String name = "the " + WalkText.name(entry.level());
        if (!past.recorded()) {
            return guest.history()
                    .lastUpdate(entry.entry())
                    .map(u -> "%s was written last at position %d by 0x%x: 0x%x -> 0x%x%n"
                            .formatted(name, u.position(), u.pc(), u.oldValue(), u.newValue()))
                    .orElse(unknown(name));
        }
        Optional<Event.TableUpdate> update = past.last(
                Events.Kind.TABLE_UPDATE,
                Event.TableUpdate.class,
                position + 1,
                u -> u.entry() == entry.entry()
                        && (u.writer() == Event.TableWriter.INSTRUCTION || u.writer() == Event.TableWriter.OUTSIDE));
        boolean same = update.isPresent()
                && ((update.get().newValue() ^ entry.value()) & ~ACCESSED_AND_DIRTY) == 0
                && update.get().position() < position;
        if (same && update.get().writer() == Event.TableWriter.OUTSIDE) {
            return "%s was written last at position %d, from outside the processor%n"
                    .formatted(name, update.get().position());
        }
        return physical(name, entry.entry(), size, same ? update.get().position() + 1 : position);
    }

    /** Of bytes at a linear address; nothing if they are not mapped, for then it is the mapping that failed. */
    @Override
    public void linear(String name, X86Cpu cpu, long linear, int size) {
        Walk walk = cpu.paging.walk(linear);
        if (walk.mapped()) {
            int inPage = (int) Math.min(Math.min(size, 8), 4096 - (walk.physical() & 4095));
            out.ask(asking(() -> past.recorded() ? physical(name, walk.physical(), inPage, position) : unknown(name)));
        }
    }

    /** Of a system register, as the events name it: {@code idtr.base}. */
    @Override
    public void register(String register, String name) {
        out.ask(asking(() -> registerWriter(register, name)));
    }

    private String registerWriter(String register, String name) throws IOException, RefusedException {
        if (!past.recorded()) {
            return unknown(name);
        }
        return past.last(
                        Events.Kind.SYSTEM_REGISTER_WRITE,
                        Event.SystemRegisterWrite.class,
                        position,
                        w -> w.register().equals(register))
                .map(w -> "%s was loaded last at position %d by 0x%x: %s 0x%x -> 0x%x%n"
                        .formatted(name, w.position(), w.pc(), register, w.oldValue(), w.newValue()))
                .orElse("%s has not been loaded by any instruction%n".formatted(name));
    }

    private String physical(String name, long physical, int size, long limit) throws IOException, RefusedException {
        return past.lastWrite(physical, size, limit)
                .map(w -> "%s was written last at %s".formatted(name, WriteSearch.describe(w)))
                .orElse(("%s has not been written by any instruction: it is as the guest was loaded,"
                                + " or a device or a debugger wrote it%n")
                        .formatted(name));
    }

    private static String unknown(String name) {
        return "who wrote %s is not known: this guest is not recorded%n".formatted(name);
    }
}
