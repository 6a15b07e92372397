package dev.ringscope.cli.symbols;

import dev.ringscope.emulator.boot.BadImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The kernel's unwind table (Documentation/arch/x86/orc-unwinder.rst, arch/x86/include/asm/orc_types.h): from which
 * address on the caller's frame is found in which way.
 */
final class Orc {
    private static final int ENTRY = 6;

    /** How the frame below is kept. */
    enum Kind {
        /** Nothing is known, or nothing is below. */
        END,
        /** A return address lies below the caller's stack pointer. */
        CALL,
        /** All registers lie there, as struct pt_regs. */
        REGISTERS,
        /** What an interrupt pushes lies there: RIP, CS, RFLAGS, RSP, SS. */
        INTERRUPT_FRAME
    }

    /** What an entry is relative to; the names are the kernel's, the order its numbers. */
    enum Base {
        UNDEFINED,
        PREV_SP,
        DX,
        DI,
        BP,
        SP,
        R10,
        R13,
        BP_INDIRECT,
        SP_INDIRECT
    }

    /**
     * @param address of the first instruction it is about
     * @param sp what the frame's end is found by, with its distance
     * @param bp what the saved RBP is found by; UNDEFINED if it still has its value
     */
    record Entry(long address, Kind kind, Base sp, int spOffset, Base bp, int bpOffset) {}

    private Orc() {}

    /** By ascending address; empty for a kernel that has none. */
    static List<Entry> of(KernelImage kernel) {
        var places = kernel.section(".orc_unwind_ip");
        var table = kernel.section(".orc_unwind");
        if (places.isEmpty() || table.isEmpty()) {
            return List.of();
        }
        boolean old = kernel.section(".orc_header").isEmpty(); // the numbers changed with Linux 6.4
        long count = places.get().size() / 4;
        kernel.expect(
                count * ENTRY <= table.get().size()
                        && !places.get().empty()
                        && !table.get().empty(),
                table.get().offset(),
                "an entry for each of %d addresses in .orc_unwind".formatted(count));
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long place = places.get().address() + 4L * i;
            entries.add(entry(
                    kernel,
                    place + kernel.bytes.getInt(places.get().offset() + 4 * i),
                    table.get().offset() + ENTRY * i,
                    old));
        }
        entries.sort(Comparator.comparing(Entry::address, Long::compareUnsigned));
        return entries;
    }

    private static Entry entry(KernelImage kernel, long address, int at, boolean old) {
        ByteBuffer in = kernel.bytes;
        int bits = in.getShort(at + 4) & 0xffff;
        Base sp = base(kernel, at, bits & 15);
        Base bp = base(kernel, at, bits >> 4 & 15);
        Kind kind = old ? oldKind(bits, sp) : kind(kernel, at, bits >> 8 & 7);
        return new Entry(address, kind, sp, in.getShort(at), bp, in.getShort(at + 2));
    }

    private static Base base(KernelImage kernel, int at, int number) {
        if (number >= Base.values().length) {
            throw new BadImage(kernel.file, at, "expected an ORC register up to 9, found " + number);
        }
        return Base.values()[number];
    }

    private static Kind oldKind(int bits, Base sp) {
        boolean end = (bits >> 10 & 1) != 0;
        if (end || sp == Base.UNDEFINED) {
            return Kind.END;
        }
        return Kind.values()[Math.min(bits >> 8 & 3, 2) + 1];
    }

    private static Kind kind(KernelImage kernel, int at, int number) {
        kernel.expect(number <= 4, at, "an ORC type up to 4, found " + number);
        return Kind.values()[Math.max(0, number - 1)];
    }
}
