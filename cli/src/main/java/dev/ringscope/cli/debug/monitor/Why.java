package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.EventText;
import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.emulator.x86.Descriptor;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.query.Events;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code monitor why}: explains an exception, by what it looked at and by who wrote that. */
record Why(Guest guest, Past past, GuestSymbols symbols) implements GuestCommand {
    private static final long ACCESSED_AND_DIRTY = 0x60;
    private static final int MOST = 1000;

    @Override
    public String name() {
        return "why";
    }

    @Override
    public String summary() {
        return "[N]: explain the last exception (the N-th last), or why the machine stopped";
    }

    @Override
    public String answer(String arguments) throws RefusedException, IOException {
        Words words = new Words(guest.machine(), arguments);
        boolean last = words.isEmpty();
        int back = words.count(1, MOST);
        words.end();
        String stopped = last ? stopped() : "";
        List<Event.Trap> faults = guest.history().traps(MOST).stream()
                .filter(e -> e.cause() == Event.Cause.EXCEPTION)
                .toList();
        if (faults.size() < back) {
            return stopped + (faults.isEmpty() ? "no exception so far\n" : "only %d so far%n".formatted(faults.size()));
        }
        return stopped + explain(faults.get(faults.size() - back));
    }

    /** A triple fault's chain has a line for each of the three. */
    private String stopped() {
        String ended = guest.machine().explanation();
        return ended.isEmpty()
                ? ""
                : "the machine stopped: " + ended.replace("; while delivering it ", ";\n    while delivering it ")
                        + "\n";
    }

    private String explain(Event.Trap trap) throws IOException, RefusedException {
        StringBuilder text = new StringBuilder(EventText.line(trap)).append('\n');
        Reason reason = trap.reason().isEmpty() ? Reason.NONE : Reason.valueOf(trap.reason());
        if (reason != Reason.NONE) {
            text.append("the check that failed: %s (%s)%n".formatted(reason.text(), ManualSection.of(reason)));
        }
        boolean recorded = past.recorded();
        Machine moment = recorded ? past.before(trap) : guest.machine();
        if (recorded) {
            X86Cpu cpu = moment.cpu();
            text.append(instruction(moment)).append(facts(cpu, trap, reason));
        } else {
            text.append("this guest is not recorded, so what follows is as it is now;"
                    + " start it with record to see the moment itself\n");
        }
        if (EventText.isPageFault(trap)) {
            PageFaultText fault = new PageFaultText(moment.cpu(), trap);
            text.append(fault.access()).append(fault.walk());
            text.append(recorded ? fault.verdict() + "\n" : "");
            Optional<Walk.Step> failing = fault.failing();
            if (failing.isPresent()) {
                int size = moment.cpu().longMode() || (moment.cpu().cr4 & X86Cpu.CR4_PAE) != 0 ? 8 : 4;
                text.append(entryWriter(failing.get(), size, trap));
            }
        }
        DescriptorFaultText descriptor = new DescriptorFaultText(moment, trap);
        if (descriptor.applies()) {
            text.append(descriptor.text());
            Optional<Descriptor> entry = descriptor.descriptor();
            Walk walk = entry.map(d -> moment.cpu().paging.walk(d.address())).orElse(null);
            if (walk != null && walk.mapped()) {
                text.append(writer("it", walk.physical(), 8, trap));
            }
        }
        return text.toString();
    }

    private String instruction(Machine moment) {
        long pc = moment.cpu().pcLinear();
        Listing.Line line = Listing.now(moment, Syntax.INTEL, symbols).at(pc);
        String registers = RegisterText.of(moment.cpu(), line.text());
        return "in front of: 0x%x  %s  %s%n%s"
                .formatted(pc, line.bytes(), line.text(), registers.isEmpty() ? "" : "    with " + registers + "\n");
    }

    /** What of the processor's state the check compared. */
    private static String facts(X86Cpu cpu, Event.Trap trap, Reason reason) {
        long detail = trap.reasonDetail();
        return switch (reason) {
            case PRIVILEGE -> "CPL is %d%n".formatted(cpu.cpl);
            case IOPL -> "CPL is %d, IOPL is %d%n".formatted(cpu.cpl, cpu.iopl());
            case IO_BITMAP ->
                "port 0x%x, CPL is %d, IOPL is %d; see \"monitor info tss\"%n".formatted(detail, cpu.cpl, cpu.iopl());
            case NON_CANONICAL, RESERVED_BITS, BAD_REGISTER_VALUE -> "the value is 0x%x%n".formatted(detail);
            case SEGMENT_LIMIT, NULL_SELECTOR, STACK_SEGMENT, SEGMENT_NOT_WRITABLE, SEGMENT_NOT_READABLE ->
                "it looked at 0x%x%n".formatted(detail);
            case IDT_LIMIT -> "the IDT's limit is 0x%x%n".formatted(detail);
            case TSS_LIMIT ->
                "it looked at 0x%x; the TSS's limit is 0x%x%n".formatted(detail, cpu.seg[X86Cpu.TR].limit);
            case FPU_DISABLED, SSE_DISABLED -> "CR0 is 0x%x, CR4 is 0x%x%n".formatted(cpu.cr0, cpu.cr4);
            case NESTED ->
                "vector 0x%02x was being delivered when vector 0x%02x came%n".formatted(detail >> 8, detail & 0xff);
            default -> "";
        };
    }

    /** Who wrote a page-table entry: the recording tells table updates as such, which is quicker than a search. */
    private String entryWriter(Walk.Step entry, int size, Event.Trap trap) throws IOException, RefusedException {
        String name = "the " + WalkText.name(entry.level());
        if (!past.recorded()) {
            return guest.history()
                    .lastUpdate(entry.entry())
                    .map(u -> "%s was written last at position %d by 0x%x: 0x%x -> 0x%x%n"
                            .formatted(name, u.position(), u.pc(), u.oldValue(), u.newValue()))
                    .orElse("who wrote %s is not known%n".formatted(name));
        }
        Optional<Event.TableUpdate> update = past.last(
                Events.Kind.TABLE_UPDATE,
                Event.TableUpdate.class,
                trap.position() + 1,
                u -> u.entry() == entry.entry()
                        && (u.writer() == Event.TableWriter.INSTRUCTION || u.writer() == Event.TableWriter.OUTSIDE));
        boolean same = update.isPresent()
                && ((update.get().newValue() ^ entry.value()) & ~ACCESSED_AND_DIRTY) == 0
                && update.get().position() < trap.position();
        if (same && update.get().writer() == Event.TableWriter.OUTSIDE) {
            return "%s was written last at position %d, from outside the processor%n"
                    .formatted(name, update.get().position());
        }
        long limit = same ? update.get().position() + 1 : trap.position();
        return writer(name, entry.entry(), size, limit);
    }

    private String writer(String name, long physical, int size, Event.Trap trap) throws IOException, RefusedException {
        return past.recorded()
                ? writer(name, physical, size, trap.position())
                : "who wrote %s is not known%n".formatted(name);
    }

    private String writer(String name, long physical, int size, long limit) throws IOException, RefusedException {
        return past.lastWrite(physical, size, limit)
                .map(w -> "%s was written last at %s".formatted(name, WriteSearch.describe(w)))
                .orElse("%s has not been written by any instruction: it is as the guest was loaded%n".formatted(name));
    }
}
