package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.FailedDelivery;
import dev.ringscope.emulator.x86.Fault;
import dev.ringscope.emulator.x86.Reason;
import java.util.List;

/**
 * Exceptions and interrupts that did not get to their handlers, link by link up to the one that did, or to the triple
 * fault: the way that each delivery went, and the check that it failed (Intel SDM vol. 3A, 6.15, interrupt 8).
 */
public final class ChainText {
    private static final String INDENT = "   ";

    private final Machine moment;
    private final List<FailedDelivery> chain;
    /** What got through at last; null for a triple fault. */
    private final Event.Trap delivered;

    private final Writers writers;
    private final Explanation out;

    /**
     * @param moment the machine in front of the first
     * @param delivered what got through at last; null for a triple fault
     */
    public ChainText(
            Machine moment, List<FailedDelivery> chain, Event.Trap delivered, Writers writers, Explanation out) {
        this.delivered = delivered;
        this.moment = moment;
        this.chain = chain;
        this.writers = writers;
        this.out = out;
    }

    public void say() {
        Event.Trap first = chain.getFirst().of();
        out.say("1. %s%n".formatted(headline(first)));
        out.indent(INDENT);
        explain(first);
        for (int n = 0; n < chain.size(); n++) {
            FailedDelivery link = chain.get(n);
            out.indent("");
            out.say("%d. while delivering %s: %s%n".formatted(n + 2, name(link.of()), headline(link.met())));
            out.indent(INDENT);
            new DeliveryText(moment, link, writers, out).say();
            explain(link.met());
            out.say(verdict(n));
        }
        out.indent("");
    }

    private String verdict(int n) {
        if (delivered == null && n == chain.size() - 1) {
            return "a fault while delivering a double fault: the processor shuts down\n";
        }
        String of = name(chain.get(n).of());
        String met = name(chain.get(n).met());
        return doubles(n)
                ? "%s while delivering %s: together they are a double fault, #DF(0)%n".formatted(met, of)
                : "%s takes the place of %s%n".formatted(met, of);
    }

    /** What is delivered next is a double fault. */
    private boolean doubles(int n) {
        Event.Trap next = n + 1 < chain.size() ? chain.get(n + 1).of() : delivered;
        return next.reason().equals(Reason.NESTED.name());
    }

    private void explain(Event.Trap trap) {
        FaultText fault = new FaultText(moment, trap, writers, out);
        fault.check();
        fault.exact();
    }

    private static String headline(Event.Trap trap) {
        String error = trap.errorCode() < 0 ? "" : "(0x%x)".formatted(trap.errorCode());
        String address = trap.vector() == Fault.PF && trap.errorCode() >= 0 ? " at 0x%x".formatted(trap.address()) : "";
        return name(trap) + error + address;
    }

    /** {@code #GP}, {@code INT 0x80}, {@code interrupt 0x20}. */
    public static String name(Event.Trap trap) {
        return switch (trap.cause()) {
            case EXCEPTION -> ExceptionName.of(trap.vector());
            case SOFTWARE_INTERRUPT -> "INT 0x%02x".formatted(trap.vector());
            case NMI -> "NMI";
            default -> "interrupt 0x%02x".formatted(trap.vector());
        };
    }
}
