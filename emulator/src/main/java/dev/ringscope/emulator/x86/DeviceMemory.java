package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.memory.MmioDevice;
import dev.ringscope.emulator.memory.PhysicalMemory;

/**
 * Accesses to physical addresses that are no memory. Where no device answers, reads give ones and writes vanish. A
 * block ends with such an access, so that an interrupt that it causes is taken at once, wherever blocks happen to end.
 */
final class DeviceMemory {
    private final X86Cpu cpu;
    private final PhysicalMemory memory;

    DeviceMemory(X86Cpu cpu) {
        this.cpu = cpu;
        memory = cpu.memory;
    }

    /** Zero-extended. */
    long read(long physical, int size) {
        MmioDevice device = memory.deviceAt(physical);
        if (device == null) {
            return LittleEndian.zeroExtend(-1, size);
        }
        cpu.endBlock();
        long value = LittleEndian.zeroExtend(device.readMemory(memory.deviceOffset(physical), size), size);
        cpu.recorder.event(new Event.DeviceAccess(cpu.position(), false, physical, size, value));
        return value;
    }

    void write(long physical, int size, long value) {
        MmioDevice device = memory.deviceAt(physical);
        if (device != null) {
            cpu.endBlock();
            long shown = LittleEndian.zeroExtend(value, size);
            cpu.recorder.event(new Event.DeviceAccess(cpu.position(), true, physical, size, shown));
            device.writeMemory(memory.deviceOffset(physical), size, shown);
        }
    }
}
