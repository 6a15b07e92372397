package dev.ringscope.cli.debug.program;

import dev.ringscope.emulator.user.ProcessView;
import dev.ringscope.emulator.user.ProcessView.Phase;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.RegisterFile;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * The registers that a thread has in ring 3, wherever they are kept while it is not there. Linux keeps a thread's x87
 * offsets by FXSAVE64, with 64 bits and without their selectors: to gdb {@code fioff} and {@code fooff} are the low 32
 * bits, {@code fiseg} and {@code foseg} the 16 above.
 */
final class ProgramRegisters implements RegisterFile {
    private static final int ENOSYS = 38;
    private static final long RF = 0x1_0000;
    private static final Set<String> NARROW =
            Set.of("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "orig_eax");
    private static final Map<String, String> OFFSET_OF = Map.of("fiseg", "fioff", "foseg", "fooff");

    private final Moves moves;
    private final int thread;
    private final Restarts restarts;

    ProgramRegisters(Moves moves, int thread, Restarts restarts) {
        this.moves = moves;
        this.thread = thread;
        this.restarts = restarts;
    }

    @Override
    public byte[] read(Register register) {
        String name = wide(register);
        if (!Registers.exists(name) && !name.equals("orig_rax")) {
            return new byte[0];
        }
        long[] words = words(name);
        byte[] bytes = register.encode(words[0]);
        for (int i = 8; i < bytes.length && words.length > 1; i++) {
            bytes[i] = (byte) (words[1] >>> 8 * (i - 8));
        }
        return bytes;
    }

    /** The machine's name for it: a program for i386 has the low halves of the 64-bit registers. */
    private static String wide(Register register) {
        return NARROW.contains(register.name()) ? register.name().replaceFirst("e", "r") : register.name();
    }

    /**
     * As a native debugger finds them: -ENOSYS in RAX at a system call's entry, where Linux puts it, and no trace in RF
     * of a page that the kernel has just given to the instruction which is next.
     */
    private long[] words(String name) {
        ProcessView process = moves.process();
        if (OFFSET_OF.containsKey(name)) {
            return new long[] {offset(OFFSET_OF.get(name)) >>> 32 & 0xffff};
        }
        if (name.equals("orig_rax") && restarts.number(thread).isPresent()) {
            return new long[] {restarts.number(thread).getAsLong()};
        }
        long[] words = process.words(thread, name);
        if (process.currentThread() == thread) {
            Phase phase = process.phase();
            if (name.equals("rax") && phase == Phase.CALL_ENTRY) {
                return new long[] {-ENOSYS};
            } else if (name.equals("eflags") && phase == Phase.PROGRAM) {
                return new long[] {words[0] & ~RF};
            }
        }
        return words;
    }

    private long offset(String name) {
        return moves.process().words(thread, name)[0];
    }

    /** gdb writes back all registers after a call that it made: the unchanged ones are no wish. */
    @Override
    public void write(Register register, byte[] value) throws RefusedException {
        if (Arrays.equals(value, read(register))) {
            return;
        }
        moves.guest().checkWritable();
        long high = 0;
        for (int i = 8; i < value.length; i++) {
            high |= (value[i] & 0xffL) << 8 * (i - 8);
        }
        if (wide(register).equals("orig_rax")) {
            restarts.write(thread, value.length == 4 ? (int) register.decode(value) : register.decode(value));
            return;
        }
        long low = register.decode(value);
        long[] words = value.length > 8 ? new long[] {low, high} : new long[] {low};
        try {
            write(wide(register), words);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(e.getMessage());
        }
    }

    private void write(String name, long... words) {
        String target = OFFSET_OF.getOrDefault(name, name);
        if (OFFSET_OF.containsKey(name)) {
            words[0] = offset(target) & ~0xffff_0000_0000L | (words[0] & 0xffff) << 32;
        } else if (OFFSET_OF.containsValue(name)) {
            words[0] = offset(target) & -1L << 32 | words[0] & 0xffff_ffffL;
        }
        moves.process().write(thread, target, words);
    }
}
