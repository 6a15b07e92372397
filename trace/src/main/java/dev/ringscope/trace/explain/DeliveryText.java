package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.x86.Descriptor;
import dev.ringscope.emulator.x86.FailedDelivery;
import dev.ringscope.emulator.x86.Fault;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import java.util.Optional;

/** The way of an exception or interrupt to its handler, as far as it went: gate, code segment, stack. */
final class DeliveryText {
    /** More than any frame has. */
    private static final int FRAME = 128;

    private final Machine moment;
    private final X86Cpu cpu;
    private final int vector;
    private final Event.Trap met;
    private final Writers writers;
    private final Explanation out;
    private final DescriptorTables tables;

    DeliveryText(Machine moment, FailedDelivery link, Writers writers, Explanation out) {
        this.moment = moment;
        cpu = moment.cpu();
        vector = link.of().vector();
        met = link.met();
        this.writers = writers;
        this.out = out;
        tables = new DescriptorTables(moment);
    }

    void say() {
        if (!cpu.protectedMode()) {
            realMode();
            return;
        }
        out.say(place());
        Optional<Descriptor> gate = tables.gate(vector);
        if (gate.isEmpty() || aboutTheGate()) {
            return;
        }
        entry("IDT gate 0x%02x".formatted(vector), gate.get(), cpu.longMode() ? 16 : 8);
        Optional<Descriptor> code = tables.find(gate.get().gateSelector());
        boolean named = (met.errorCode() & 0xfffc) == (gate.get().gateSelector() & 0xfffc) && met.vector() != Fault.PF;
        if (code.isPresent() && !named && code.get().code()) {
            entry("GDT entry %04x".formatted(gate.get().gateSelector()), code.get(), 8);
            stack(HandlerStack.of(moment, gate.get(), code.get()));
        }
    }

    private void stack(HandlerStack stack) {
        out.say(stack.text());
        if (stack.field().isPresent()) {
            writers.linear(stack.name(), cpu, stack.field().getAsLong(), stack.size());
        }
        out.say(onFrame(stack));
    }

    /** The fault is one of the gate itself, which its own text shows. */
    private boolean aboutTheGate() {
        boolean selector = met.vector() >= Fault.TS && met.vector() <= Fault.GP;
        return selector && (met.errorCode() & 2) != 0 && met.errorCode() >> 3 == vector;
    }

    private void entry(String name, Descriptor d, int size) {
        out.say("%s at 0x%x: %s%n    bytes %s%n"
                .formatted(
                        name, d.address(), DescriptorText.describe(d, cpu.longMode()), DescriptorText.bytes(d, size)));
        writers.linear("it", cpu, d.address(), size);
    }

    private void realMode() {
        byte[] entry = new byte[4];
        long address = cpu.idtrBase + 4L * vector;
        if (4 * vector + 3 <= cpu.idtrLimit && View.linear(moment).read(address, entry) == 4) {
            out.say("interrupt table entry 0x%02x at 0x%x: %04x:%04x%n"
                    .formatted(
                            vector,
                            address,
                            LittleEndian.get(entry, 2, 2) & 0xffff,
                            LittleEndian.get(entry, 0, 2) & 0xffff));
            writers.linear("it", cpu, address, 4);
        }
    }

    /** What lies at the address of a page fault that the processor's own accesses met. */
    private String place() {
        if (met.vector() != Fault.PF) {
            return "";
        }
        long address = met.address();
        Segment tr = cpu.seg[X86Cpu.TR];
        if (within(address, cpu.idtrBase, cpu.idtrLimit)) {
            return "0x%x is gate 0x%02x of the IDT (base 0x%x, limit 0x%x)%n"
                    .formatted(
                            address, (address - cpu.idtrBase) / (cpu.longMode() ? 16 : 8), cpu.idtrBase, cpu.idtrLimit);
        }
        if (within(address, cpu.gdtrBase, cpu.gdtrLimit)) {
            return "0x%x is entry %04x of the GDT (base 0x%x, limit 0x%x)%n"
                    .formatted(address, address - cpu.gdtrBase & ~7, cpu.gdtrBase, cpu.gdtrLimit);
        }
        return tr.present() && within(address, tr.base, tr.limit)
                ? "0x%x is offset 0x%x of TSS %04x%n".formatted(address, address - tr.base, tr.selector)
                : "";
    }

    private static boolean within(long address, long base, long limit) {
        return Long.compareUnsigned(address - base, limit) <= 0;
    }

    private String onFrame(HandlerStack stack) {
        boolean onFrame = met.vector() == Fault.PF
                && stack.top().isPresent()
                && Long.compareUnsigned(stack.top().getAsLong() - met.address(), FRAME) <= 0;
        return onFrame ? "0x%x is where the frame is pushed%n".formatted(met.address()) : "";
    }
}
