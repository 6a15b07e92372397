package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.x86.Fault;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.emulator.x86.X86Cpu;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A page fault in words: what was tried, the walk, and which entry and bit forbade it (Intel SDM vol. 3A, 4.6, 4.7).
 */
public final class PageFaultText {
    private static final int WRITE = 2, USER = 4, FETCH = 16;
    private static final long RW = 2, US = 4, NX = 1L << 63;

    private final X86Cpu cpu;
    private final Event.Trap trap;
    private final Reason reason;
    private final Walk walk;

    /** @param cpu in front of the fault */
    public PageFaultText(X86Cpu cpu, Event.Trap trap) {
        this.cpu = cpu;
        this.trap = trap;
        reason = Reason.valueOf(trap.reason());
        walk = cpu.paging.walk(trap.address());
    }

    /** Whether a trap is a page fault. */
    public static boolean applies(Event.Trap trap) {
        return trap.cause() == Event.Cause.EXCEPTION && trap.vector() == Fault.PF;
    }

    String access() {
        int code = trap.errorCode();
        String kind =
                (code & FETCH) != 0 ? "an instruction fetch from" : (code & WRITE) != 0 ? "a write to" : "a read of";
        return "%s 0x%x in %s mode, with CR3 0x%x%n"
                .formatted(kind, trap.address(), (code & USER) != 0 ? "user" : "supervisor", cpu.cr3);
    }

    String walk() {
        return WalkText.of(walk);
    }

    /** Which bits forbade it. */
    String verdict() {
        boolean user = (trap.errorCode() & USER) != 0;
        return switch (reason) {
            case NOT_PRESENT ->
                failing()
                        .map(s -> "P is 0 in the %s".formatted(WalkText.name(s.level())))
                        .orElse("");
            case RESERVED_PAGE_BITS ->
                failing()
                        .map(s -> "the %s has bits set that are reserved: 0x%x%s"
                                .formatted(WalkText.name(s.level()), reserved(s), noExecuteOff(s)))
                        .orElse("");
            case WRITE_PROTECTED ->
                "RW is 0 in the %s%s"
                        .formatted(names(RW, false), user ? "" : ", and CR0.WP is 1, so ring 0 is bound by it");
            case USER_ACCESS -> "US is 0 in the %s, and CPL is 3".formatted(names(US, false));
            case NO_EXECUTE -> "NX is 1 in the %s, and EFER.NXE is 1".formatted(names(NX, true));
            case SMEP -> "US is 1 in every entry, CR4.SMEP is 1, and CPL is %d".formatted(cpu.cpl);
            case SMAP ->
                "US is 1 in every entry, CR4.SMAP is 1, and EFLAGS.AC is %d".formatted(cpu.flag(X86Cpu.AC) ? 1 : 0);
            default -> reason.text();
        };
    }

    /** The walk that failed, as far as it went. */
    public Walk found() {
        return walk;
    }

    /** The entry to be blamed: the one nearest to the page among those that forbade it. */
    public Optional<Walk.Step> failing() {
        if (walk.steps().isEmpty()) {
            return Optional.empty();
        }
        Walk.Step last = walk.steps().getLast();
        return switch (reason) {
            case WRITE_PROTECTED -> with(RW, false).stream().reduce((a, b) -> b);
            case USER_ACCESS -> with(US, false).stream().reduce((a, b) -> b);
            case NO_EXECUTE -> with(NX, true).stream().reduce((a, b) -> b);
            default -> Optional.of(last);
        };
    }

    private long reserved(Walk.Step step) {
        return cpu.paging.reservedBits(step.level(), step.value());
    }

    private String noExecuteOff(Walk.Step step) {
        return (reserved(step) & NX) != 0 ? " (bit 63 is NX only while EFER.NXE is 1)" : "";
    }

    private List<Walk.Step> with(long bit, boolean set) {
        List<Walk.Step> found = new ArrayList<>();
        for (Walk.Step step : walk.steps()) {
            if ((step.value() & bit) != 0 == set) {
                found.add(step);
            }
        }
        return found;
    }

    private String names(long bit, boolean set) {
        return String.join(
                " and the ",
                with(bit, set).stream().map(s -> WalkText.name(s.level())).toList());
    }
}
