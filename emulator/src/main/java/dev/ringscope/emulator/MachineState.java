package dev.ringscope.emulator;

import dev.ringscope.emulator.device.Device;
import dev.ringscope.emulator.memory.PhysicalMemory;
import dev.ringscope.emulator.x86.CpuState;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.emulator.x86.X86Cpu;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A machine's state, to be taken into a checkpoint and restored from one. */
public final class MachineState implements Snapshot {
    private static final byte[] ZEROES = new byte[PhysicalMemory.PAGE];

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
            return pages(IntStream.range(0, cpu.memory.pageFlags.length)
                    .filter(this::used)
                    .toArray());
        }
        return pages(cpu.paging.takeDirty());
    }

    private boolean used(int page) {
        int from = page * PhysicalMemory.PAGE;
        return from < cpu.ram.length
                && !Arrays.equals(cpu.ram, from, from + PhysicalMemory.PAGE, ZEROES, 0, PhysicalMemory.PAGE);
    }

    // Loops: a stream of thousands of pages takes Java milliseconds as long as it has not compiled it, and the guest
    // waits.

    private long[] pages(int[] indices) {
        long[] pages = new long[indices.length];
        for (int i = 0; i < pages.length; i++) {
            pages[i] = physicalPage(indices[i]);
        }
        return pages;
    }

    private long physicalPage(int index) {
        int ramPages = cpu.memory.ramSize() / PhysicalMemory.PAGE;
        return index < ramPages ? index : (1L << 20) - (cpu.memory.pageFlags.length - index);
    }

    @Override
    public long[] takeWrittenPages() {
        return pages(cpu.memory.marked(PhysicalMemory.WRITTEN));
    }

    @Override
    public long[] takeReadPages() {
        long[] pages = pages(cpu.memory.marked(PhysicalMemory.READ));
        cpu.paging.beginChunk();
        return pages;
    }

    @Override
    public long[] writtenLines(long[] pages) {
        long[] lines = new long[pages.length];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = cpu.memory.linesOf(pageIndex(pages[i]) / PhysicalMemory.PAGE);
        }
        return lines;
    }

    @Override
    public LinearPages linearPages() {
        return cpu.paging.touched.take(cpu.paging);
    }

    @Override
    public byte[] memory() {
        return cpu.ram;
    }

    @Override
    public int pageIndex(long page) {
        return cpu.memory.place(page);
    }

    @Override
    public void beforeWrite(long[] pages, Runnable action) {
        for (long page : pages) {
            cpu.memory.beforeWrite(page, action);
        }
    }

    // ---- restoring --------------------------------------------------------------------------------------------------

    /**
     * Puts processor, devices and clock into a state that a snapshot gave. What memory holds then is given to it before
     * or when it is needed: {@link PhysicalMemory#expect}.
     *
     * @throws IllegalArgumentException if the states are not of such a machine
     */
    public void restore(List<byte[]> processors, List<DeviceState> devices, byte[] machineState) {
        if (processors.size() != 1 || devices.size() != machine.devices().size()) {
            throw new IllegalArgumentException("the state has %d processors and %d devices, this machine has 1 and %d"
                    .formatted(
                            processors.size(), devices.size(), machine.devices().size()));
        }
        cpu.paging.beginChunk();
        cpu.memory.journal.clear();
        byte[] flags = cpu.memory.pageFlags;
        for (int page = 0; page < flags.length; page++) {
            flags[page] &= PhysicalMemory.ROM;
        }
        restoreDevices(devices, machineState);
        StateInput processor = new StateInput("the processor", processors.getFirst());
        CpuState.load(cpu, processor);
        processor.end();
        first = false;
        machine.restored();
    }

    /** Everything but memory and processors. */
    void restoreDevices(List<DeviceState> devices, byte[] machineState) {
        machine.forgetStop();
        StateInput whole = new StateInput("the machine", machineState);
        cpu.retired = whole.next();
        cpu.time.load(whole);
        cpu.memory.setA20(whole.nextBoolean());
        whole.end();
        for (int n = 0; n < devices.size(); n++) {
            Device device = machine.devices().get(n);
            DeviceState saved = devices.get(n);
            if (!device.name().equals(saved.name())) {
                throw new IllegalArgumentException(
                        "device %d is %s in the state, %s here".formatted(n, saved.name(), device.name()));
            }
            StateInput in = new StateInput(device.name(), saved.state());
            device.load(in);
            in.end();
        }
    }
}
