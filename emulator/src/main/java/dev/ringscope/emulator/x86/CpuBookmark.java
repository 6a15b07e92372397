package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.StateInput;
import dev.ringscope.emulator.StateOutput;
import java.util.Arrays;

/**
 * A processor's state at a moment to which the same processor will be put back; memory is kept elsewhere. The list of
 * known table pages is long and seldom changes: bookmarks share it.
 */
@SuppressWarnings("ArrayRecordComponent")
public record CpuBookmark(byte[] registers, byte[] tables, long tablesVersion) {
    /** @param before the bookmark before it, or null */
    public static CpuBookmark of(X86Cpu cpu, CpuBookmark before) {
        StateOutput out = new StateOutput();
        CpuState.saveRegisters(cpu, out);
        byte[] registers = out.toByteArray();
        long version = cpu.paging.tables.version();
        if (before != null && before.tablesVersion == version) {
            return new CpuBookmark(registers, before.tables, version);
        }
        StateOutput list = new StateOutput();
        cpu.paging.tables.save(list);
        return new CpuBookmark(registers, list.toByteArray(), version);
    }

    /**
     * Puts the processor back.
     *
     * @param rewritten pages of memory (indices into its flags) that have been put back
     */
    public void restore(X86Cpu cpu, int[] rewritten) {
        CpuState.loadRegisters(cpu, new StateInput("the processor", registers));
        cpu.paging.tables.load(new StateInput("the processor", tables), tablesVersion);
        Arrays.stream(rewritten).forEach(cpu.paging::rewritten);
        CpuState.settle(cpu);
    }
}
