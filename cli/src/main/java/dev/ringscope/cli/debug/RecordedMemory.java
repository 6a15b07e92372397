package dev.ringscope.cli.debug;

import dev.ringscope.gdbstub.Memory;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.util.Arrays;

/** What memory held at a position of a trace. */
public final class RecordedMemory {
    private RecordedMemory() {}

    /**
     * @param physical whether the address is a physical one, or linear by the page tables of that position
     * @return fewer bytes than asked for if the range ends at an address that leads nowhere
     */
    public static byte[] read(TraceReader trace, long position, long address, int size, boolean physical)
            throws IOException {
        Timeline timeline = new Timeline(trace, Detail.FLOW);
        timeline.seek(position);
        PhysicalSpace space = new PhysicalSpace(timeline::machine, MachineRegisters.READ_ONLY);
        Memory memory = physical ? space : new LinearMemory(timeline::machine, space);
        byte[] bytes = new byte[size];
        return Arrays.copyOf(bytes, memory.read(address, bytes, 0, size));
    }
}
