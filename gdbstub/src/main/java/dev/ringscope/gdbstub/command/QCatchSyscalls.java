package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.ProgramFeature;
import dev.ringscope.gdbstub.SyscallCatch;
import dev.ringscope.gdbstub.packet.PacketScanner;
import java.util.HashSet;
import java.util.Set;

/** {@code QCatchSyscalls:1[;sysno]...} or {@code :0}: which system calls stop the program; no number means all. */
record QCatchSyscalls(SyscallCatch wanted) implements Command {
    static Command read(PacketScanner in) {
        boolean enabled = in.hex(1) == 1;
        Set<Integer> numbers = new HashSet<>();
        while (enabled && in.skip(';')) {
            numbers.add(in.hex(Integer.MAX_VALUE));
        }
        in.end();
        return new QCatchSyscalls(enabled ? new SyscallCatch(true, numbers) : SyscallCatch.NONE);
    }

    @Override
    public Reply answer(Session session) {
        if (!session.target().programFeatures().contains(ProgramFeature.CATCH_SYSCALLS)) {
            return Reply.UNSUPPORTED;
        }
        session.events().catchSyscalls(wanted);
        return Reply.OK;
    }
}
