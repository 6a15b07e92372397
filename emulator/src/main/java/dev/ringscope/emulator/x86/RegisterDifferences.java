package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.MachineDescription.Register;
import dev.ringscope.emulator.RegisterLog;
import java.util.List;

/** Finds the registers that an instruction has changed, by comparison with their last known values. */
final class RegisterDifferences {
    private static final int GENERAL = 16;

    private final X86Cpu cpu;
    /**
     * Of each word that {@link Registers#read} gives: place of the register times 8 plus the word's number; -1 for rip.
     */
    private final int[] parts;

    private final int flags;
    private final long[] last;
    private long lastFr, lastFc;
    private int lastSystemFlags;

    RegisterDifferences(X86Cpu cpu) {
        this.cpu = cpu;
        List<Register> list = Registers.list();
        int words = list.stream().mapToInt(Register::words).sum();
        parts = new int[words];
        last = new long[words];
        int word = 0;
        int flagsWord = 0;
        for (int n = 0; n < list.size(); n++) {
            for (int w = 0; w < list.get(n).words(); w++) {
                boolean pc = list.get(n).name().equals("rip");
                flagsWord = list.get(n).name().equals("eflags") ? word : flagsWord;
                parts[word++] = pc ? -1 : 8 * n + w;
            }
        }
        flags = flagsWord;
    }

    /** @param known only general registers (the first 16 words) and flags can have changed */
    void note(RegisterLog log, boolean known) {
        cpu.interrupts.settleResumeFlag();
        if (known) {
            for (int n = 0; n < GENERAL; n++) {
                compare(log, n, cpu.r[n]);
            }
            if (cpu.fr != lastFr || cpu.fc != lastFc || cpu.systemFlags != lastSystemFlags) {
                compare(log, flags, cpu.eflags() & 0xffff_ffffL);
            }
        } else {
            long[] now = Registers.read(cpu);
            for (int word = 0; word < now.length; word++) {
                compare(log, word, now[word]);
            }
        }
        lastFr = cpu.fr;
        lastFc = cpu.fc;
        lastSystemFlags = cpu.systemFlags;
    }

    private void compare(RegisterLog log, int word, long value) {
        if (last[word] != value) {
            last[word] = value;
            if (parts[word] >= 0) {
                log.part[log.count] = parts[word];
                log.value[log.count] = value;
                log.instruction[log.count++] = (int) (cpu.position() - log.base);
            }
        }
    }
}
