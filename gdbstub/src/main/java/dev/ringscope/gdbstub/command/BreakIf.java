package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.MonitorCommand;
import dev.ringscope.gdbstub.RefusedException;

/** {@code monitor break-if}: breakpoints and watchpoints by ring, address space or any register. */
record BreakIf(Session session) implements MonitorCommand {
    @Override
    public String name() {
        return "break-if";
    }

    @Override
    public String summary() {
        return "[*ADDRESS] [REGISTER=VALUE...|off]: breakpoints and watchpoints, or those at ADDRESS, stop only so:"
                + " ring=3 cr3&0xfffff000=0x1000; also != < > <= >=; for an ADDRESS several times: if one holds";
    }

    @Override
    public String run(GuestThread thread, String arguments) throws RefusedException {
        StopFilters filters = session.filters();
        if (arguments.startsWith("*")) {
            int space = (arguments + " ").indexOf(' ');
            long address = StopCondition.number(arguments.substring(1, space));
            at(filters, address, thread, arguments.substring(space).trim());
        } else if (arguments.equals("off")) {
            filters.clear();
        } else if (!arguments.isEmpty()) {
            filters.everywhere(parse(thread, arguments));
        }
        return filters.toString();
    }

    private void at(StopFilters filters, long address, GuestThread thread, String text) throws RefusedException {
        if (text.isEmpty()) {
            throw new RefusedException("break-if: expected REGISTER=VALUE or 'off' behind the address");
        }
        if (text.equals("off")) {
            filters.removeAt(address);
        } else {
            filters.addAt(address, parse(thread, text));
        }
    }

    private StopFilter parse(GuestThread thread, String text) throws RefusedException {
        return StopFilter.parse(session.target().description(), thread, text);
    }
}
