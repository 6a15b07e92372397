package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** What {@code monitor} offers for any machine, live or recorded. */
final class MachineCommands {
    private static final int SHOWN = 10;
    private static final int PAGE_FAULT = 14;

    private interface Action {
        String run(String arguments) throws RefusedException, IOException;
    }

    private record Command(String name, String summary, Action action) implements MonitorCommand {
        @Override
        public String run(GuestThread thread, String arguments) throws RefusedException {
            try {
                return action.run(arguments);
            } catch (IOException e) {
                throw new RefusedException(e.getMessage());
            }
        }
    }

    private final Guest guest;

    private MachineCommands(Guest guest) {
        this.guest = guest;
    }

    static List<MonitorCommand> of(Guest guest) {
        MachineCommands c = new MachineCommands(guest);
        return List.of(
                new SeekCommand(guest),
                new Command(
                        "when",
                        "the position: instructions retired since power-on",
                        unused -> guest.machine().position() + "\n"),
                new Command("mode", "ring, mode and CR3", unused -> c.mode()),
                new Command("info registers", "all registers, system registers too", unused -> c.registers()),
                new Command("gva2gpa", "ADDRESS: its page walk, entry by entry", a -> c.walk(address(a))),
                new Command("xp", "ADDRESS [BYTES]: physical memory", c::dump),
                new Command("rings", "[N]: the last ring changes", a -> c.rings(count(a))),
                new Command("traps", "[N]: the last exceptions and interrupts", a -> c.traps(count(a))),
                new Command("why", "explain the last exception", unused -> c.why()));
    }

    private static long address(String text) throws RefusedException {
        String plain = text.strip();
        try {
            return plain.startsWith("0x")
                    ? Long.parseUnsignedLong(plain.substring(2), 16)
                    : Long.parseUnsignedLong(plain);
        } catch (NumberFormatException e) {
            throw new RefusedException("expected an address like 0x1000, found \"" + plain + "\"");
        }
    }

    private static int count(String text) throws RefusedException {
        try {
            return text.isBlank() ? SHOWN : Math.clamp(Long.parseLong(text.strip()), 1, 1000);
        } catch (NumberFormatException e) {
            throw new RefusedException("expected how many, found \"" + text + "\"");
        }
    }

    private String mode() {
        return "ring %d, %s, cr3 0x%x%n"
                .formatted(
                        guest.machine().cpu().cpl,
                        lower(guest.machine().cpu().mode()),
                        guest.machine().cpu().cr3);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private String registers() {
        StringBuilder text = new StringBuilder();
        int inLine = 0;
        for (var register : Registers.list()) {
            if (register.bits() <= Long.SIZE) {
                String end = ++inLine % 4 == 0 ? "\n" : "  ";
                text.append("%-10s %016x%s"
                        .formatted(
                                register.name(), Registers.read(guest.machine().cpu(), register.name()), end));
            }
        }
        return text.toString().stripTrailing() + "\n";
    }

    private String walk(long linear) {
        Walk walk = guest.machine().cpu().paging.walk(linear);
        StringBuilder text = new StringBuilder();
        for (Walk.Step step : walk.steps()) {
            String name = new String[] {"", "PTE", "PDE", "PDPTE", "PML4E"}[step.level()];
            text.append("  %-5s at 0x%x: 0x%x%n".formatted(name, step.entry(), step.value()));
        }
        if (!walk.mapped()) {
            return text.append("0x%x: %s%n".formatted(linear, walk.failure().text()))
                    .toString();
        }
        return text.append("0x%x -> 0x%x, page of 0x%x bytes, %s, %s, %s%n"
                        .formatted(
                                linear,
                                walk.physical(),
                                walk.pageSize(),
                                walk.user() ? "user" : "supervisor",
                                walk.writable() ? "writable" : "read-only",
                                walk.noExecute() ? "no-execute" : "executable"))
                .toString();
    }

    private String dump(String arguments) throws RefusedException {
        String[] words = arguments.strip().split("\\s+");
        long address = address(words[0]);
        int size = words.length > 1 ? (int) Math.clamp(address(words[1]), 1, 4096) : 64;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < size; i++) {
            int index = guest.machine().memory().index(address + i);
            if (index < 0) {
                return text.append("%n0x%x: no memory%n".formatted(address + i)).toString();
            }
            text.append(i % 16 == 0 ? "%s%016x:".formatted(i == 0 ? "" : "\n", address + i) : "");
            text.append(" %02x".formatted(guest.machine().memory().bytes[index]));
        }
        return text.append('\n').toString();
    }

    private String rings(int count) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Event.RingChange e : guest.history().rings(count)) {
            text.append("%13d  ring %d -> %d  %-18s 0x%x -> 0x%x%n"
                    .formatted(e.position(), e.from(), e.to(), lower(e.cause()), e.fromPc(), e.toPc()));
        }
        return text.isEmpty() ? "no ring change so far\n" : text.toString();
    }

    private String traps(int count) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Event.Trap e : guest.history().traps(count)) {
            text.append(line(e));
        }
        return text.isEmpty() ? "no trap so far\n" : text.toString();
    }

    private static String line(Event.Trap e) {
        String error = e.errorCode() < 0 ? "" : ", error code 0x%x".formatted(e.errorCode());
        String address = isPageFault(e) ? ", address 0x%x".formatted(e.address()) : "";
        String reason =
                e.reason().isEmpty() ? "" : ": " + Reason.valueOf(e.reason()).text();
        return "%13d  vector 0x%02x  %-18s at %04x:%x%s%s%s%n"
                .formatted(e.position(), e.vector(), lower(e.cause()), e.selector(), e.pc(), error, address, reason);
    }

    private static boolean isPageFault(Event.Trap e) {
        return e.cause() == Event.Cause.EXCEPTION && e.vector() == PAGE_FAULT;
    }

    /** The last exception that was no INT, with the page walk of its address as the tables are now. */
    private String why() throws IOException {
        List<Event.Trap> faults = guest.history().traps(1000).stream()
                .filter(e -> e.cause() == Event.Cause.EXCEPTION)
                .toList();
        String stopped = guest.machine().explanation().isEmpty()
                ? ""
                : "the machine stopped: " + guest.machine().explanation() + "\n";
        if (faults.isEmpty()) {
            return stopped + "no exception so far\n";
        }
        Event.Trap last = faults.getLast();
        String detail = last.reasonDetail() == 0 ? "" : "  looked at 0x%x%n".formatted(last.reasonDetail());
        String walk =
                isPageFault(last) ? "the walk of 0x%x now:%n%s".formatted(last.address(), walk(last.address())) : "";
        return stopped + line(last) + detail + walk;
    }
}
