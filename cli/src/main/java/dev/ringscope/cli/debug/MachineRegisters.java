package dev.ringscope.cli.debug;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.emulator.x86.X86Cpu;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.RegisterFile;
import java.util.function.Supplier;

/** A machine's registers as gdb sees them: by name, with {@code rip} linear. */
final class MachineRegisters implements RegisterFile {
    /** Where a guest says whether it may be changed. */
    @FunctionalInterface
    interface Permission {
        void check() throws RefusedException;
    }

    /** Nothing of a recording may be changed. */
    static final Permission READ_ONLY = () -> {
        throw new RefusedException(
                "this is a recording: it cannot be changed; monitor branch FILE begins one that can");
    };

    private final Supplier<Machine> machine;
    private final Permission mayWrite;

    MachineRegisters(Supplier<Machine> machine, Permission mayWrite) {
        this.machine = machine;
        this.mayWrite = mayWrite;
    }

    @Override
    public byte[] read(Register register) {
        X86Cpu cpu = machine.get().cpu();
        if (register.name().equals("rip")) {
            return register.encode(cpu.pcLinear());
        }
        if (!Registers.exists(register.name())) {
            return new byte[0];
        }
        long[] words = Registers.readWords(cpu, register.name());
        byte[] bytes = register.encode(words[0]);
        for (int i = 8; i < bytes.length && words.length > 1; i++) {
            bytes[i] = (byte) (words[1] >>> 8 * (i - 8));
        }
        return bytes;
    }

    @Override
    public void write(Register register, byte[] value) throws RefusedException {
        mayWrite.check();
        X86Cpu cpu = machine.get().cpu();
        long low = register.decode(value);
        if (register.name().equals("rip")) {
            machine.get().writeRegisterFromDebugger("rip", cpu.code64() ? low : low - cpu.codeLinear(0) & 0xffff_ffffL);
        } else if (Registers.writable(register.name())) {
            long high = 0;
            for (int i = 8; i < value.length; i++) {
                high |= (value[i] & 0xffL) << 8 * (i - 8);
            }
            machine.get().writeRegisterFromDebugger(register.name(), low | unseen(register), high);
        } else if (Registers.exists(register.name()) && Registers.read(cpu, register.name()) == low) {
            return; // G writes all registers back: the unchanged ones are no wish
        } else {
            throw new RefusedException("register " + register.name() + " cannot be written");
        }
    }

    /** What gdb does not see of the x87's offsets, which it knows with 32 bits, stays. */
    private long unseen(Register register) {
        boolean offset = register.name().equals("fioff") || register.name().equals("fooff");
        return offset ? Registers.read(machine.get().cpu(), register.name()) & -1L << register.bits() : 0;
    }
}
