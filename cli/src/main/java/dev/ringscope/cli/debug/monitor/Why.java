package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.EventText;
import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.insn.Syntax;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.ChainText;
import dev.ringscope.trace.explain.Explanation;
import dev.ringscope.trace.explain.FaultMoment;
import dev.ringscope.trace.explain.FaultText;
import dev.ringscope.trace.explain.Listing;
import dev.ringscope.trace.explain.RegisterText;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code monitor why}: explains an exception, by what it looked at and by who wrote that. */
record Why(Guest guest, Past past, GuestSymbols symbols) implements GuestCommand {
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
        Optional<Machine> ended = last ? ended() : Optional.empty();
        if (ended.isPresent() && !ended.get().cpu().interrupts.shutdown().isEmpty()) {
            return shutdown(ended.get());
        }
        String stopped = ended.map(m -> "the machine stopped: %s%n".formatted(m.explanation()))
                .orElse("");
        List<Event.Trap> faults =
                guest.history().traps(MOST).stream().filter(Why::isFault).toList();
        if (faults.size() < back) {
            return stopped + (faults.isEmpty() ? "no exception so far\n" : "only %d so far%n".formatted(faults.size()));
        }
        return stopped + explain(faults.get(faults.size() - back));
    }

    /** An exception; INT3 and INTO count, INT n does not. */
    private static boolean isFault(Event.Trap trap) {
        return trap.cause() == Event.Cause.EXCEPTION
                || trap.cause() == Event.Cause.SOFTWARE_INTERRUPT
                        && !trap.reason().isEmpty();
    }

    /** The machine as it stopped for good, if that is where the guest stands. */
    private Optional<Machine> ended() throws IOException, RefusedException {
        if (!guest.machine().explanation().isEmpty()) {
            return Optional.of(guest.machine());
        }
        return past.recorded() && guest.machine().position() == guest.end() && !guest.live()
                ? past.ended()
                : Optional.empty();
    }

    private String shutdown(Machine stopped) throws IOException, RefusedException {
        Explanation out = new Explanation();
        out.say("the machine stopped at position %d: a triple fault%n".formatted(stopped.position()));
        out.say(instruction(stopped));
        PastWriters writers = new PastWriters(guest, past, stopped.position(), out);
        new ChainText(stopped, stopped.cpu().interrupts.shutdown(), null, writers, out).say();
        return text(out);
    }

    private String explain(Event.Trap trap) throws IOException, RefusedException {
        Explanation out = new Explanation();
        out.say(EventText.line(trap) + "\n");
        PastWriters writers = new PastWriters(guest, past, trap.position(), out);
        if (!past.recorded()) {
            FaultText fault = new FaultText(guest.machine(), trap, writers, out);
            fault.check();
            out.say("this guest is not recorded, so what follows is as it is now;"
                    + " start it with record to see the moment itself\n");
            fault.later();
            return text(out);
        }
        FaultMoment taken = past.before(trap);
        FaultText fault = new FaultText(taken.machine(), trap, writers, out);
        fault.check();
        out.say(instruction(taken.machine()));
        if (taken.undelivered().isEmpty()) {
            fault.exact();
        } else {
            out.say("it came in place of what could not be delivered:\n");
            new ChainText(taken.machine(), taken.undelivered(), trap, writers, out).say();
        }
        return text(out);
    }

    private static String text(Explanation out) throws IOException, RefusedException {
        try {
            return out.text();
        } catch (PastWriters.Refusal e) {
            throw e.why();
        }
    }

    private String instruction(Machine moment) {
        long pc = moment.cpu().pcLinear();
        Listing.Line line = Listing.now(moment, Syntax.INTEL, symbols).at(pc);
        String registers = RegisterText.of(moment.cpu(), line.text());
        return "in front of: 0x%x  %s  %s%n%s"
                .formatted(pc, line.bytes(), line.text(), registers.isEmpty() ? "" : "    with " + registers + "\n");
    }
}
