package dev.ringscope.trace.explain;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.memory.LittleEndian;
import dev.ringscope.emulator.x86.Descriptor;
import dev.ringscope.emulator.x86.Segment;
import dev.ringscope.emulator.x86.X86Cpu;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The descriptor tables of one moment, read without disturbing anything, and what is wrong with their entries. */
public final class DescriptorTables {
    /** The smallest limits: Intel SDM vol. 3A, 7.2.1 and 7.7. */
    private static final int TSS16_LIMIT = 0x2b, TSS_LIMIT = 0x67;

    private static final int ENTRIES = 8192;
    private static final int VECTORS = 256;

    private final X86Cpu cpu;
    private final View memory;

    public DescriptorTables(Machine machine) {
        cpu = machine.cpu();
        memory = View.linear(machine);
    }

    public boolean ia32e() {
        return cpu.longMode();
    }

    /** The descriptor that a selector names in the GDT or LDT; empty if it is beyond the table or not mapped. */
    public Optional<Descriptor> find(int selector) {
        Segment ldt = cpu.seg[X86Cpu.LDTR];
        boolean local = (selector & 4) != 0;
        long base = local ? ldt.base : cpu.gdtrBase;
        long limit = local ? (ldt.present() ? ldt.limit : -1) : cpu.gdtrLimit;
        return entry(base, limit, selector & ~7, selector, false);
    }

    /** The gate of a vector; empty if it is beyond the IDT or not mapped. */
    public Optional<Descriptor> gate(int vector) {
        int size = ia32e() ? 16 : 8;
        return entry(cpu.idtrBase, cpu.idtrLimit, vector * size, vector * 8 + 2, ia32e());
    }

    /**
     * Every entry of the GDT or LDT that is not zero; empty without an LDT.
     *
     * @param local of the LDT
     */
    public List<Descriptor> descriptors(boolean local) {
        List<Descriptor> found = new ArrayList<>();
        for (int n = 0; n < ENTRIES; n++) {
            Optional<Descriptor> entry = find(n * 8 | (local ? 4 : 0));
            if (entry.isEmpty()) {
                return found;
            }
            if (entry.get().low() != 0) {
                found.add(entry.get());
                n += ia32e() && !entry.get().codeOrData() ? 1 : 0; // it takes the place of two
            }
        }
        return found;
    }

    /**
     * A way to a handler: a gate, or in real mode an entry of the vector table, of which only the target counts.
     *
     * @param bytes that the entry has
     */
    public record Vector(int number, Descriptor gate, int bytes, int selector, long offset) {}

    /** Every entry of the IDT, or in real mode of the vector table, that is not zero. */
    public List<Vector> vectors() {
        List<Vector> found = new ArrayList<>();
        for (int number = 0; number < VECTORS; number++) {
            vector(number).filter(v -> v.gate.low() != 0 || v.gate.high() != 0).ifPresent(found::add);
        }
        return found;
    }

    /** One of them, zero or not; empty if it is beyond the limit or not mapped. */
    public Optional<Vector> vector(int number) {
        if (cpu.protectedMode()) {
            return gate(number).map(g -> new Vector(number, g, ia32e() ? 16 : 8, g.gateSelector(), g.gateOffset()));
        }
        byte[] entry = new byte[4];
        long address = cpu.idtrBase + 4L * number;
        if (4 * number + 3 > cpu.idtrLimit || memory.read(address, entry) < 4) {
            return Optional.empty();
        }
        long value = LittleEndian.get(entry, 0, 4) & 0xffff_ffffL;
        Descriptor whole = new Descriptor(0, address, value, 0);
        return Optional.of(new Vector(number, whole, 4, (int) (value >>> 16), value & 0xffff));
    }

    /** What is wrong with an entry of the IDT; each a clause. Nothing can be wrong with one of real mode. */
    public List<String> faults(Vector vector) {
        List<String> found = new ArrayList<>();
        if (vector.bytes == 4) {
            return found;
        }
        boolean fits = switch (vector.gate.type()) {
            case Descriptor.INTERRUPT_GATE, Descriptor.TRAP_GATE -> true;
            case Descriptor.TASK_GATE, Descriptor.INTERRUPT_GATE16, Descriptor.TRAP_GATE16 -> !ia32e();
            default -> false;
        };
        if (!fits) {
            found.add("no interrupt, trap or task gate: taking this vector is #GP");
        }
        found.addAll(faults(vector.gate));
        return found;
    }

    private Optional<Descriptor> entry(long base, long limit, int offset, int selector, boolean wide) {
        byte[] bytes = new byte[16];
        if (offset + (wide ? 15 : 7) > limit || memory.read(base + offset, bytes) < (wide ? 16 : 8)) {
            return Optional.empty();
        }
        long low = LittleEndian.get(bytes, 0, 8);
        Descriptor narrow = new Descriptor(selector, base + offset, low, 0);
        boolean whole = wide || ia32e() && !narrow.codeOrData() && low != 0 && offset + 15 <= limit;
        return Optional.of(
                whole ? new Descriptor(selector, base + offset, low, LittleEndian.get(bytes, 8, 8)) : narrow);
    }

    /** What a careful reader would stumble over; each a clause. */
    public List<String> faults(Descriptor d) {
        List<String> found = new ArrayList<>();
        if (d.codeOrData()) {
            if (d.code() && d.longMode() && d.big()) {
                found.add("L and D are both set: loading CS with it faults");
            }
            return found;
        }
        if (DescriptorText.isGate(d)) {
            gateFaults(d, found);
            return found;
        }
        boolean tss16 = d.type() == Descriptor.TSS16 || d.type() == Descriptor.TSS16_BUSY;
        boolean tss = d.type() == Descriptor.TSS || d.type() == Descriptor.TSS_BUSY;
        if (tss && d.limit() < TSS_LIMIT || tss16 && d.limit() < TSS16_LIMIT) {
            found.add("the limit is below the TSS's size less one");
        }
        if (ia32e() && (tss || d.type() == Descriptor.LDT) && !canonical(d.base())) {
            found.add("the base is not canonical");
        }
        if (DescriptorText.type(d.access(), ia32e()).equals("Reserved") && d.low() != 0) {
            found.add("a reserved type");
        }
        return found;
    }

    private void gateFaults(Descriptor gate, List<String> found) {
        if (!gate.present() || gate.type() == Descriptor.TASK_GATE) {
            return;
        }
        if (ia32e() && !canonical(gate.gateOffset())) {
            found.add("the offset is not canonical");
        }
        if ((gate.gateSelector() & ~3) == 0) {
            found.add("the selector is null");
            return;
        }
        Optional<Descriptor> target = find(gate.gateSelector());
        if (target.isEmpty()) {
            found.add("the selector is beyond its table's limit");
            return;
        }
        Descriptor code = target.get();
        if (!code.code()) {
            found.add("the selector names no code segment");
        } else if (!code.present()) {
            found.add("the code segment is not present");
        } else if (ia32e() && (!code.longMode() || code.big())) {
            found.add("the code segment is no 64-bit one");
        } else if (!ia32e() && Long.compareUnsigned(gate.gateOffset(), code.limit()) > 0) {
            found.add("the offset is beyond the code segment's limit");
        }
    }

    public static boolean canonical(long address) {
        return address << 16 >> 16 == address;
    }
}
