package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Descriptor;
import dev.ringscope.emulator.x86.Fault;
import dev.ringscope.emulator.x86.Reason;
import java.util.Optional;

/** A fault whose error code names a descriptor: that descriptor, decoded, beside what was wanted of it. */
final class DescriptorFaultText {
    private static final int FROM_IDT = 2;

    private final Machine machine;
    private final Event.Trap trap;
    private final DescriptorTables tables;

    /** @param machine in front of the fault */
    DescriptorFaultText(Machine machine, Event.Trap trap) {
        this.machine = machine;
        this.trap = trap;
        tables = new DescriptorTables(machine);
    }

    /** Whether the error code is a selector, as it is for #TS, #NP, #SS and #GP (SDM vol. 3A, 6.13). */
    boolean applies() {
        boolean selector = trap.vector() >= Fault.TS && trap.vector() <= Fault.GP;
        return trap.cause() == Event.Cause.EXCEPTION && selector && (trap.errorCode() & ~1) > 0;
    }

    private boolean fromIdt() {
        return (trap.errorCode() & FROM_IDT) != 0;
    }

    private int selector() {
        return trap.errorCode() & 0xfffc;
    }

    /** The descriptor or gate; empty if the table has none there. */
    Optional<Descriptor> descriptor() {
        return fromIdt() ? tables.gate(trap.errorCode() >> 3) : tables.find(selector());
    }

    /** Bytes of the entry. */
    int size() {
        return fromIdt() && tables.ia32e() ? 16 : 8;
    }

    String text() {
        String name = fromIdt()
                ? "IDT gate 0x%02x".formatted(trap.errorCode() >> 3)
                : "%s entry %04x".formatted((selector() & 4) != 0 ? "LDT" : "GDT", selector());
        Optional<Descriptor> found = descriptor();
        if (found.isEmpty()) {
            return "%s cannot be read: it is beyond the table's limit, or not mapped%n".formatted(name);
        }
        StringBuilder text = new StringBuilder("%s at 0x%x: %s%n    bytes %s%n"
                .formatted(
                        name,
                        found.get().address(),
                        DescriptorText.describe(found.get(), tables.ia32e()),
                        DescriptorText.bytes(found.get(), size())));
        tables.faults(found.get()).forEach(fault -> text.append("    ! %s%n".formatted(fault)));
        return text.append(privilege(found.get())).toString();
    }

    private String privilege(Descriptor d) {
        Reason reason = Reason.valueOf(trap.reason());
        if (reason != Reason.DESCRIPTOR_PRIVILEGE && reason != Reason.GATE_PRIVILEGE) {
            return "";
        }
        long detail = trap.reasonDetail();
        boolean selectorKnown = !fromIdt() && detail >>> 16 == 0 && (detail & 0xfffc) == selector();
        String rpl = selectorKnown ? ", RPL is %d".formatted(detail & 3) : "";
        return "CPL is %d%s, DPL is %d%n".formatted(machine.cpu().cpl, rpl, d.dpl());
    }
}
