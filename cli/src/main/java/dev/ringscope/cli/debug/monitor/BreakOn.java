package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.Event;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.query.Events;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** {@code monitor break-on}: a breakpoint on what the processor does rather than where. */
record BreakOn(Guest guest) implements GuestCommand {
    private static final String SORTS =
            "ring-change [A->B], vector [N], cr3, table-update [LINEAR], system-register NAME, or port N";

    private static final Pattern NAME =
            Pattern.compile("cr[0-48]|dr[0-7]|efer|xcr0|ldtr|tr|[gi]dtr\\.(base|limit)|msr_[0-9a-f]{8}");

    /** MSRs are told by number. */
    private static final Map<String, String> ALIASES = Map.of(
            "star", "msr_c0000081",
            "lstar", "msr_c0000082",
            "cstar", "msr_c0000083",
            "sfmask", "msr_c0000084",
            "fs_base", "msr_c0000100",
            "gs_base", "msr_c0000101",
            "k_gs_base", "msr_c0000102");

    @Override
    public String name() {
        return "break-on";
    }

    @Override
    public String summary() {
        return "EVENT: stop behind it; " + SORTS;
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        Words words = new Words(guest.machine(), arguments);
        String sort = words.word("an event: " + SORTS);
        Predicate<Event> matches = events(sort, words);
        words.end();
        return guest.eventStops().add(arguments.strip(), kind(sort), matches) + "\n";
    }

    private static Events.Kind kind(String sort) {
        return switch (sort) {
            case "ring-change" -> Events.Kind.RING_CHANGE;
            case "vector" -> Events.Kind.TRAP;
            case "table-update" -> Events.Kind.TABLE_UPDATE;
            case "port" -> Events.Kind.PORT_ACCESS;
            default -> Events.Kind.SYSTEM_REGISTER_WRITE;
        };
    }

    private static Predicate<Event> events(String sort, Words words) throws RefusedException {
        return switch (sort) {
            case "ring-change" -> ringChange(words);
            case "vector" -> vector(words);
            case "cr3" -> systemRegister("cr3");
            case "system-register" -> systemRegister(words.word("a register like cr4, efer or gdtr.base"));
            case "table-update" -> tableUpdate(words);
            case "port" -> {
                long port = words.number("a port");
                yield e -> e instanceof Event.PortAccess access && access.port() == port;
            }
            default -> throw new RefusedException("break-on: expected %s, found \"%s\"".formatted(SORTS, sort));
        };
    }

    private static Predicate<Event> ringChange(Words words) throws RefusedException {
        if (words.isEmpty()) {
            return e -> e instanceof Event.RingChange change && change.from() != change.to();
        }
        String rings = words.word("two rings");
        if (!rings.matches("[0-3]->[0-3]")) {
            throw new RefusedException("break-on ring-change: expected for example 3->0, found \"" + rings + "\"");
        }
        int from = rings.charAt(0) - '0';
        int to = rings.charAt(3) - '0';
        return e -> e instanceof Event.RingChange change && change.from() == from && change.to() == to;
    }

    private static Predicate<Event> vector(Words words) throws RefusedException {
        if (words.isEmpty()) {
            return Event.Trap.class::isInstance;
        }
        long vector = words.number("a vector");
        if (vector < 0 || vector > 255) {
            throw new RefusedException("break-on vector: expected 0 to 255, found " + vector);
        }
        return e -> e instanceof Event.Trap trap && trap.vector() == vector;
    }

    private static Predicate<Event> systemRegister(String name) throws RefusedException {
        String lower = name.toLowerCase(Locale.ROOT);
        String wanted = ALIASES.getOrDefault(lower, lower);
        if (!NAME.matcher(wanted).matches()) {
            throw new RefusedException("break-on system-register: expected cr0, efer, lstar, msr_c0000082, gdtr.base"
                    + " or the like, found \"" + name + "\"");
        }
        return e ->
                e instanceof Event.SystemRegisterWrite write && write.register().equals(wanted);
    }

    private static Predicate<Event> tableUpdate(Words words) throws RefusedException {
        if (words.isEmpty()) {
            return Event.TableUpdate.class::isInstance;
        }
        long linear = words.number("a linear address");
        return e -> e instanceof Event.TableUpdate update
                && Long.compareUnsigned(linear - update.first(), update.size()) < 0;
    }
}
