package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.RegisterFile;
import dev.ringscope.gdbstub.Target;
import dev.ringscope.gdbstub.TargetDescription;
import dev.ringscope.gdbstub.X86Description;
import java.util.function.UnaryOperator;

/** A target's registers as the clients of one port see them. */
public record RegisterView(TargetDescription description, UnaryOperator<RegisterFile> of) {
    /** As the target describes them itself. */
    public static RegisterView whole(Target target) {
        return new RegisterView(target.description(), UnaryOperator.identity());
    }

    /**
     * As {@link X86Description#i8086()} says.
     *
     * @throws IllegalArgumentException if the target is no x86-64
     */
    public static RegisterView i8086(Target target) {
        if (!target.description().architecture().equals("i386:x86-64")) {
            throw new IllegalArgumentException("an i8086 can be made of an x86-64 only, not of "
                    + target.description().architecture());
        }
        return new RegisterView(X86Description.i8086(), whole -> new I8086Registers(target.description(), whole));
    }

    RegisterFile registers(GuestThread thread) {
        return of.apply(thread.registers());
    }
}
