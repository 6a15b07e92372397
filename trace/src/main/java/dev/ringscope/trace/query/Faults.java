package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.insn.SymbolLookup;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.explain.ChainText;
import dev.ringscope.trace.explain.Explanation;
import dev.ringscope.trace.explain.FaultMoment;
import dev.ringscope.trace.explain.FaultText;
import dev.ringscope.trace.explain.Listing;
import dev.ringscope.trace.explain.ManualSection;
import dev.ringscope.trace.explain.PageFaultText;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Which exceptions were raised, and why: the check that failed, what it compared, and who wrote that last. */
public final class Faults {
    /**
     * A page-table entry.
     *
     * @param level 1 = PTE, 2 = PDE, 3 = PDPTE, 4 = PML4E
     * @param address physical
     */
    public record Entry(int level, long address, long value) {}

    /**
     * Who wrote something last that a check looked at.
     *
     * @param what it is, as the explanation calls it
     * @param position instructions that had retired before it was written; -1 if it is as the guest was loaded
     * @param pc linear address of the instruction that wrote
     * @param physical address of what was written; -1 for a system register
     * @param before what it held before, and after
     */
    public record Writer(String what, long position, long pc, long physical, long before, long after) {}

    /**
     * An exception, explained.
     *
     * @param pc linear address of the instruction in front of which it was raised
     * @param instruction its text in Intel's syntax
     * @param ring the ring it ran in
     * @param root translation root: CR3
     * @param check what was not fulfilled; {@link Reason#NONE} if there was none
     * @param manual where Intel's manual has the rule
     * @param failing of a page fault: the entry to be blamed
     * @param explanation lines
     * @param writers in the order of the explanation
     */
    public record Fault(
            Event.Trap trap,
            long pc,
            String instruction,
            int ring,
            long root,
            Reason check,
            String manual,
            List<Entry> walk,
            Optional<Entry> failing,
            List<String> explanation,
            List<Writer> writers) {}

    private Faults() {}

    /**
     * @param filter as for traps; interrupts and INT n do not count, but INT3, INTO and an INT n that was refused do
     */
    public static void list(Recording recording, Filter filter, Answers<Fault> answers) throws IOException {
        Answers<Fault> wanted = filter.range().limit(answers);
        Filter all =
                filter.withRange(new Range(filter.range().from(), filter.range().to(), 0));
        Traps.list(recording, all, Answers.asked(answers, trap -> {
            return !isFault(trap) || wanted.take(explain(recording, trap, answers));
        }));
    }

    private static boolean isFault(Event.Trap trap) {
        return trap.cause() == Event.Cause.EXCEPTION
                || trap.cause() == Event.Cause.SOFTWARE_INTERRUPT
                        && !trap.reason().isEmpty();
    }

    private static Fault explain(Recording recording, Event.Trap trap, Asker asker) throws IOException {
        Explanation out = new Explanation();
        LastWriters writers = new LastWriters(recording, trap.position(), out, asker);
        Fault bare = recording
                .replays()
                .at(
                        Detail.FLOW,
                        Math.max(0, trap.position() - 1),
                        asker,
                        timeline -> look(timeline, trap, writers, out));
        // the past is asked when the machine has been given back: the answers may need it
        List<String> lines = out.text().lines().toList();
        return new Fault(
                trap,
                bare.pc,
                bare.instruction,
                bare.ring,
                bare.root,
                bare.check,
                bare.manual,
                bare.walk,
                bare.failing,
                lines,
                writers.found().stream().map(Faults::writer).toList());
    }

    private static Fault look(Timeline timeline, Event.Trap trap, LastWriters writers, Explanation out)
            throws IOException {
        FaultMoment moment = FaultMoment.before(timeline, trap);
        X86Cpu cpu = moment.machine().cpu();
        FaultText text = new FaultText(moment.machine(), trap, writers, out);
        text.check();
        if (moment.undelivered().isEmpty()) {
            text.exact();
        } else {
            out.say("it came in place of what could not be delivered:\n");
            new ChainText(moment.machine(), moment.undelivered(), trap, writers, out).say();
        }
        Reason reason = trap.reason().isEmpty() ? Reason.NONE : Reason.valueOf(trap.reason());
        boolean page = PageFaultText.applies(trap) && moment.undelivered().isEmpty();
        Optional<PageFaultText> walk = page ? Optional.of(new PageFaultText(cpu, trap)) : Optional.empty();
        return new Fault(
                trap,
                cpu.pcLinear(),
                Listing.now(moment.machine(), Syntax.INTEL, SymbolLookup.NONE)
                        .at(cpu.pcLinear())
                        .text(),
                cpu.cpl,
                cpu.cr3,
                reason,
                ManualSection.of(reason),
                walk.map(w -> w.found().steps().stream().map(Faults::entry).toList())
                        .orElse(List.of()),
                walk.flatMap(PageFaultText::failing).map(Faults::entry),
                List.of(),
                List.of());
    }

    private static Entry entry(Walk.Step step) {
        return new Entry(step.level(), step.entry(), step.value());
    }

    private static Writer writer(LastWriters.Writer w) {
        if (w.memory().isPresent()) {
            LastWrite.Write write = w.memory().get();
            return new Writer(w.what(), write.position(), write.pc(), write.physical(), write.before(), write.after());
        }
        return w.register()
                .map(r -> new Writer(w.what(), r.position(), r.pc(), -1, r.oldValue(), r.newValue()))
                .orElse(new Writer(w.what(), -1, 0, -1, 0, 0));
    }
}
