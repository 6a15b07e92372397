package dev.ringscope.emulator.x86;

import static dev.ringscope.emulator.x86.X86Cpu.RAX;

import dev.ringscope.emulator.AccessLog;
import dev.ringscope.emulator.memory.LittleEndian;

/** Notes the accesses of many elements of a string instruction at once, if the processor logs them. */
final class AccessRun {
    private AccessRun() {}

    /**
     * How many elements have room in the log, which is emptied when it is full.
     *
     * @param most no more than so many
     * @param accesses of each element
     */
    static long most(X86Cpu cpu, long most, int accesses) {
        if (cpu.log == null) {
            return most;
        }
        if (AccessLog.CAPACITY - cpu.log.count < accesses) {
            cpu.logFull();
        }
        return Math.min(most, (AccessLog.CAPACITY - cpu.log.count) / accesses);
    }

    /**
     * Elements that are about to be moved.
     *
     * @param source linear address of the first one, which lies at the index {@code read} of memory
     * @param step bytes from one to the next; negative downwards
     */
    static void moved(X86Cpu cpu, long source, int read, long destination, int elements, int step) {
        AccessLog log = cpu.log;
        if (log == null) {
            return;
        }
        int w = Math.abs(step);
        int instruction = (int) (cpu.retired - log.base) + cpu.index;
        int n = log.count;
        for (int k = 0; k < elements; k++) {
            long value = LittleEndian.get(cpu.ram, read + k * step, w);
            log.address[n] = source + (long) k * step;
            log.address[n + 1] = destination + (long) k * step;
            log.value[n] = value;
            log.value[n + 1] = value;
            log.kind[n] = (byte) w;
            log.kind[n + 1] = (byte) (w | AccessLog.WRITE);
            log.instruction[n] = instruction;
            log.instruction[n + 1] = instruction;
            n += 2;
        }
        log.count = n;
    }

    /** Elements of the accumulator's value. */
    static void stored(X86Cpu cpu, long destination, int elements, int step) {
        AccessLog log = cpu.log;
        if (log == null) {
            return;
        }
        int w = Math.abs(step);
        int instruction = (int) (cpu.retired - log.base) + cpu.index;
        long value = LittleEndian.zeroExtend(cpu.r[RAX], w);
        int n = log.count;
        for (int k = 0; k < elements; k++) {
            log.address[n] = destination + (long) k * step;
            log.value[n] = value;
            log.kind[n] = (byte) (w | AccessLog.WRITE);
            log.instruction[n] = instruction;
            n++;
        }
        log.count = n;
    }
}
