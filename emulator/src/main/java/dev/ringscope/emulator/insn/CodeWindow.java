package dev.ringscope.emulator.insn;

import dev.ringscope.emulator.Cpu;
import dev.ringscope.emulator.memory.PhysicalMemory;

/** Code bytes of the guest from an offset on: translates the second page only when a byte of it is asked for. */
final class CodeWindow implements CodeBytes {
    private static final long PAGE_MASK = -PhysicalMemory.PAGE;

    private final Cpu cpu;
    private final long firstPage;
    private final long firstPhysical;
    private long offset;
    /** Physical address of the second page, -1 while nobody needed it. */
    private long secondPhysical = -1;

    CodeWindow(Cpu cpu, long offset, long physical) {
        this.cpu = cpu;
        this.offset = offset;
        firstPage = cpu.codeLinear(offset) & PAGE_MASK;
        firstPhysical = physical & PAGE_MASK;
    }

    void moveTo(long newOffset) {
        offset = newOffset;
    }

    long secondPage() {
        return secondPhysical;
    }

    @Override
    public int at(int i) {
        cpu.checkFetch(offset + i);
        long linear = cpu.codeLinear(offset + i);
        long page;
        if ((linear & PAGE_MASK) == firstPage) {
            page = firstPhysical;
        } else {
            if (secondPhysical < 0) {
                secondPhysical = cpu.fetch(linear) & PAGE_MASK;
            }
            page = secondPhysical;
        }
        return (int) cpu.memory.read(page | linear & ~PAGE_MASK, 1);
    }
}
