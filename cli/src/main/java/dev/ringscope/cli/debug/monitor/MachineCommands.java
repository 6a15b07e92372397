package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.MonitorCommand;
import java.util.ArrayList;
import java.util.List;

/** What {@code monitor} offers for any machine, live or recorded. */
public final class MachineCommands {
    private MachineCommands() {}

    public static List<MonitorCommand> of(Guest guest) {
        GuestSymbols symbols = new GuestSymbols();
        Past past = new Past(guest);
        Disas disas = new Disas(guest, symbols);
        List<MonitorCommand> commands = new ArrayList<>(List.of(
                new Seek(guest),
                new BranchOff(guest),
                new When(guest),
                new Mode(guest),
                new Rings(guest),
                new Traps(guest),
                new Why(guest, past, symbols),
                disas,
                new LastWrite(guest, past, true),
                new LastWrite(guest, past, false),
                new Kaslr(guest, symbols),
                new Processes(guest),
                new SymbolsCommand(guest, symbols),
                new Examine(guest, false, disas, symbols),
                new Examine(guest, true, disas, symbols),
                new Print(guest, "print"),
                new Print(guest, "p"),
                new Gva2gpa(guest),
                new InfoRegisters(guest),
                new InfoTlb(guest),
                new InfoMem(guest),
                new InfoPagetables(guest),
                new InfoGdt(guest, false),
                new InfoGdt(guest, true),
                new InfoIdt(guest, symbols),
                new InfoTss(guest),
                new InfoMtree(guest),
                new InfoPic(guest),
                new InfoLapic(guest),
                new InfoIrq(guest),
                new InfoRoms(guest),
                InfoLine.cpus(guest),
                InfoLine.status(guest),
                InfoLine.version(guest),
                new BreakPhysical(guest),
                new WatchPhysical(guest),
                new DeletePhysical(guest),
                new BreakOn(guest),
                new DeleteOn(guest),
                new InfoBreakpoints(guest),
                new Refused("gpa2hva", "a guest's memory has no address of the host's that means anything to you"),
                new Refused("stop", "whenever the monitor answers, the guest stands; press Ctrl-C in gdb to stop it"),
                new Refused("cont", "use gdb's continue"),
                new Refused("system_reset", "the machine is not reset from outside: start the guest again")));
        commands.add(new InfoOther(List.copyOf(commands)));
        return List.copyOf(commands);
    }
}
