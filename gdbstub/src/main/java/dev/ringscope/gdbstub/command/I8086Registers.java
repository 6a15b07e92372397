package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.RegisterFile;
import dev.ringscope.gdbstub.TargetDescription;
import java.util.Arrays;
import java.util.Set;

/** The low halves of an x86-64's registers under their 32-bit names. Writing one leaves the high half as it is. */
record I8086Registers(TargetDescription description, RegisterFile whole) implements RegisterFile {
    private static final Set<String> HALVES = Set.of("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip");

    @Override
    public byte[] read(Register register) {
        byte[] value = whole.read(wide(register));
        return Arrays.copyOf(value, Math.min(value.length, register.bytes()));
    }

    @Override
    public void write(Register register, byte[] value) throws RefusedException {
        Register wide = wide(register);
        byte[] all = Arrays.copyOf(value, wide.bytes());
        if (all.length > value.length) {
            byte[] old = whole.read(wide);
            System.arraycopy(old, value.length, all, value.length, Math.max(0, old.length - value.length));
        }
        whole.write(wide, all);
    }

    private Register wide(Register register) {
        String name = register.name();
        return description.register(HALVES.contains(name) ? "r" + name.substring(1) : name);
    }
}
