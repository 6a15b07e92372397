package dev.ringscope.emulator;

import dev.ringscope.emulator.device.Device;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.x86.CpuState;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.emulator.x86.X86Cpu;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** A machine's state, to be taken into a checkpoint and restored from one. */
public final class MachineState implements Snapshot {
    private final Machine machine;
    private final X86Cpu cpu;
    private boolean first = true;

    MachineState(Machine machine) {
        this.machine = machine;
        cpu = machine.cpu();
    }

    @Override
    public long position() {
        return cpu.position();
    }

    @Override
    public long time() {
        return cpu.time.now();
    }

    @Override
    public List<Context> contexts() {
        return List.of(new Context(cpu.cpl, cpu.mode(), cpu.cr3));
    }

    @Override
    public List<byte[]> processors() {
        StateOutput out = new StateOutput();
        CpuState.save(cpu, out);
        return List.of(out.toByteArray());
    }

    @Override
    public List<DeviceState> devices() {
        return machine.devices().stream().map(MachineState::stateOf).toList();
    }

    private static DeviceState stateOf(Device device) {
        StateOutput out = new StateOutput();
        device.save(out);
        return new DeviceState(device.name(), out.toByteArray());
    }

    @Override
    public byte[] machine() {
        StateOutput out = new StateOutput();
        out.put(cpu.retired);
        cpu.time.save(out);
        out.put(cpu.memory.a20());
        return out.toByteArray();
    }

    @Override
    public long[] registers(int processor) {
        return Registers.read(cpu);
    }

    @Override
    public long[] takeChangedPages() {
        if (first) {
            first = false;
            cpu.paging.takeDirty();
            return pages(IntStream.range(0, cpu.memory.pageFlags.length).filter(this::used));
        }
        return pages(Arrays.stream(cpu.paging.takeDirty()));
    }

    private boolean used(int page) {
        int from = page * PhysicalMemory.PAGE;
        return !Arrays.equals(
                cpu.ram, from, from + PhysicalMemory.PAGE, ZEROES, 0, PhysicalMemory.PAGE);
    }

    private static final byte[] ZEROES = new byte[PhysicalMemory.PAGE];

    private long[] pages(IntStream indices) {
        return indices.mapToLong(this::physicalPage).toArray();
    }

    private long physicalPage(int index) {
        int ramPages = cpu.memory.ramSize() / PhysicalMemory.PAGE;
        return index < ramPages ? index : (1L << 20) - (cpu.memory.pageFlags.length - index);
    }

    @Override
    public long[] takeWrittenPages() {
        return LongStream.of(pages(Arrays.stream(cpu.paging.marked(PhysicalMemory.WRITTEN))))
                .toArray();
    }

    @Override
    public long[] takeReadPages() {
        long[] pages = pages(Arrays.stream(cpu.paging.marked(PhysicalMemory.READ)));
        cpu.paging.beginChunk();
        return pages;
    }

    @Override
    public byte[] memory() {
        return cpu.ram;
    }

    @Override
    public int pageIndex(long page) {
        return cpu.memory.index(page << 12);
    }
}
