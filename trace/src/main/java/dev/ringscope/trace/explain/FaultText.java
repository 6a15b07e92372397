package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.emulator.x86.X86Cpu;

/** One fault: the check that failed, the values that it compared, and who wrote the entry that is to blame. */
public final class FaultText {
    private final Machine moment;
    private final X86Cpu cpu;
    private final Event.Trap trap;
    private final Reason reason;
    private final Writers writers;
    private final Explanation out;

    /** @param moment the machine in front of the fault */
    public FaultText(Machine moment, Event.Trap trap, Writers writers, Explanation out) {
        this.moment = moment;
        cpu = moment.cpu();
        this.trap = trap;
        this.writers = writers;
        this.out = out;
        reason = trap.reason().isEmpty() ? Reason.NONE : Reason.valueOf(trap.reason());
    }

    /** {@code the check that failed: ... (SDM ...)}; nothing if there was none. */
    public void check() {
        if (reason != Reason.NONE) {
            out.say("the check that failed: %s (%s)%n".formatted(reason.text(), ManualSection.of(reason)));
        }
    }

    /** What is known at the very moment of the fault. */
    public void exact() {
        out.say(new CheckText(moment, trap, reason).text());
        tables(true);
    }

    /** What can be told from a later moment: the tables as they are then. */
    public void later() {
        tables(false);
    }

    private void tables(boolean exact) {
        if (PageFaultText.applies(trap)) {
            pageFault(exact);
        }
        DescriptorFaultText descriptor = new DescriptorFaultText(moment, trap);
        if (descriptor.applies()) {
            out.say(descriptor.text());
            descriptor.descriptor().ifPresent(entry -> writers.linear("it", cpu, entry.address(), descriptor.size()));
        }
        register();
        if (reason == Reason.IO_BITMAP) {
            PortMap map = new PortMap(moment, (int) trap.reasonDetail());
            out.say(map.text());
            map.address().ifPresent(address -> writers.linear("it", cpu, address, 1));
        }
    }

    private void pageFault(boolean exact) {
        PageFaultText fault = new PageFaultText(cpu, trap);
        out.say(fault.access() + fault.walk() + (exact ? fault.verdict() + "\n" : ""));
        int size = cpu.longMode() || (cpu.cr4 & X86Cpu.CR4_PAE) != 0 ? 8 : 4;
        fault.failing().ifPresent(entry -> writers.entry(entry, size));
    }

    /** The table register whose limit was too small. */
    private void register() {
        switch (reason) {
            case IDT_LIMIT -> writers.register("idtr.limit", "IDTR");
            case DESCRIPTOR_LIMIT -> {
                boolean local = (trap.errorCode() & 4) != 0;
                writers.register(local ? "ldtr" : "gdtr.limit", local ? "LDTR" : "GDTR");
            }
            case TSS_LIMIT -> writers.register("tr", "TR");
            default -> {}
        }
    }
}
