package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.device.LocalApic;
import dev.ringscope.gdbstub.RefusedException;

/** {@code monitor info lapic}: the local APIC (Intel SDM vol. 3A, 12.4), in QEMU's layout. */
record InfoLapic(Guest guest) implements GuestCommand {
    private static final int ENABLED = 1 << 11;
    private static final String[] MODES = {"Fixed", "LowPri", "SMI", "...", "NMI", "INIT", "SIPI", "ExtINT"};
    private static final String[] TIMER_MODES = {"one-shot", "periodic", "tsc-deadline", "..."};
    private static final String[] SHORTHANDS = {"", "self", "all", "all-but-self"};

    @Override
    public String name() {
        return "info lapic";
    }

    @Override
    public String summary() {
        return "the local APIC: local vector table, timer, requests, what is in service";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        LocalApic apic = Parts.find(guest, LocalApic.class)
                .orElseThrow(() -> new RefusedException("this machine has no local APIC"));
        boolean on = (apic.base() & ENABLED) != 0;
        StringBuilder text = new StringBuilder("dumping local APIC state for CPU 0\n\n");
        text.append(on ? "" : "switched off in IA32_APIC_BASE: the 8259 drives INTR directly\n");
        text.append(lvt("LVT0", apic.peek(0x350), false)).append(lvt("LVT1", apic.peek(0x360), false));
        text.append(lvt("LVTPC", apic.peek(0x340), false)).append(lvt("LVTERR", apic.peek(0x370), false));
        text.append(lvt("LVTTHMR", apic.peek(0x330), false)).append(lvt("LVTT", apic.peek(0x320), true));
        timer(apic, text);
        int svr = apic.peek(0xf0);
        text.append("SPIV\t 0x%08x APIC %s, focus=%s, spurious vec %d%n"
                .formatted(svr, (svr & 0x100) != 0 ? "enabled" : "disabled", onOff(svr, 0x200), svr & 0xff));
        text.append(icr(apic.peek(0x300))).append("ICR2\t 0x%08x%n".formatted(apic.peek(0x310)));
        text.append("ESR\t 0x%08x%n".formatted(apic.peek(0x280)));
        text.append(vectors("ISR", apic, 0x100)).append(vectors("IRR", apic, 0x200));
        return text.append("%nAPR 0x%02x TPR 0x%02x DFR 0x%02x LDR 0x%02x PPR 0x%02x%n"
                        .formatted(
                                apic.peek(0x90) & 0xff,
                                apic.peek(0x80) & 0xff,
                                apic.peek(0xe0) >>> 28,
                                apic.peek(0xd0) >>> 24,
                                apic.peek(0xa0) & 0xff))
                .toString();
    }

    private static String onOff(int value, int bit) {
        return (value & bit) != 0 ? "on" : "off";
    }

    private static String lvt(String name, int value, boolean timer) {
        String mode = MODES[timer ? 0 : value >> 8 & 7];
        boolean vector = mode.equals("Fixed") || mode.equals("ExtINT") || mode.equals("LowPri");
        return "%s\t 0x%08x %s %-5s %-6s %-15s %-12s %-6s%s"
                        .formatted(
                                name,
                                value,
                                (value & 1 << 13) != 0 ? "active-lo" : "active-hi",
                                (value & 1 << 15) != 0 ? "level" : "edge",
                                (value & 1 << 16) != 0 ? "masked" : "",
                                (value & 1 << 12) != 0 ? "pending" : "",
                                timer ? TIMER_MODES[value >> 17 & 3] : "",
                                mode,
                                vector ? " (vec %d)".formatted(value & 0xff) : "")
                        .stripTrailing()
                + "\n";
    }

    private static void timer(LocalApic apic, StringBuilder text) {
        int divide = apic.peek(0x3e0);
        int code = divide >> 1 & 4 | divide & 3;
        text.append("Timer\t DCR=0x%x (divide by %d) initial_count = %d current_count = %d%n"
                .formatted(
                        divide,
                        code == 7 ? 1 : 2 << code,
                        apic.peek(0x380) & 0xffff_ffffL,
                        apic.peek(0x390) & 0xffff_ffffL));
        if (apic.tscDeadline() != 0) {
            text.append("\t TSC deadline 0x%x%n".formatted(apic.tscDeadline()));
        }
    }

    private static String icr(int value) {
        return "ICR\t 0x%08x %s %s %s %s%n"
                .formatted(
                        value,
                        (value & 1 << 11) != 0 ? "logical" : "physical",
                        (value & 1 << 15) != 0 ? "level" : "edge",
                        (value & 1 << 14) != 0 ? "assert" : "de-assert",
                        SHORTHANDS[value >> 18 & 3])
                .stripTrailing()
                .concat("\n");
    }

    private static String vectors(String name, LocalApic apic, int offset) {
        StringBuilder text = new StringBuilder(name + "\t ");
        boolean any = false;
        for (int vector = 0; vector < 256; vector++) {
            if ((apic.peek(offset + (vector >> 5) * 16) >>> (vector & 31) & 1) != 0) {
                boolean level = (apic.peek(0x180 + (vector >> 5) * 16) >>> (vector & 31) & 1) != 0;
                text.append(any ? " " : "").append(vector).append(level ? "(level)" : "");
                any = true;
            }
        }
        return text.append(any ? "\n" : "(none)\n").toString();
    }
}
