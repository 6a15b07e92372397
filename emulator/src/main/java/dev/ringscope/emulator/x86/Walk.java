package dev.ringscope.emulator.x86;

import java.util.ArrayList;
import java.util.List;

/**
 * What a page walk finds, told level by level: the slow, explaining sister of {@link PageWalker}, without any effect on
 * the machine.
 *
 * @param linear the address that was translated
 * @param steps the entries, from the root on; empty without paging
 * @param physical the physical address, or -1 if the walk ends early
 * @param pageSize bytes of the page found (4096, 2 MiB, 4 MiB, 1 GiB), 0 if the walk ends early
 * @param user CPL 3 may access the page
 * @param writable CPL 3, and with CR0.WP every CPL, may write it
 * @param noExecute code in it cannot be executed
 * @param failure NONE, or why the walk ends early: NOT_PRESENT, RESERVED_PAGE_BITS or NON_CANONICAL
 */
public record Walk(
        long linear,
        List<Step> steps,
        long physical,
        long pageSize,
        boolean user,
        boolean writable,
        boolean noExecute,
        Reason failure) {

    /**
     * One entry.
     *
     * @param level 1 = PTE, 2 = PDE, 3 = PDPTE, 4 = PML4E
     * @param entry its physical address
     * @param value the entry; a PDPTE of PAE paging as the processor's register holds it
     */
    public record Step(int level, long entry, long value) {
        private static final List<String> NAMES = List.of("PTE", "PDE", "PDPTE", "PML4E");
        private static final String[] BITS = {"P", "RW", "US", "PWT", "PCD", "A", "D", "PS", "G"};

        /** {@code PTE at 4040 = 8000000000400067: P RW US A D NX}, numbers in hexadecimal. */
        @Override
        public String toString() {
            StringBuilder bits = new StringBuilder();
            for (int bit = 0; bit < BITS.length; bit++) {
                if ((value >>> bit & 1) != 0) {
                    bits.append(' ').append(bit == 7 && level == 1 ? "PAT" : BITS[bit]);
                }
            }
            bits.append(value < 0 ? " NX" : "");
            return "%s at %x = %x:%s".formatted(NAMES.get(level - 1), entry, value, bits);
        }
    }

    public Walk {
        steps = List.copyOf(steps);
    }

    /** The address leads somewhere. */
    public boolean mapped() {
        return failure == Reason.NONE;
    }

    /** The check that an access of the processor in its present state would fail, NONE if it would succeed. */
    public Reason refusal(X86Cpu cpu, boolean userMode, boolean write, boolean fetch) {
        if (failure != Reason.NONE || steps.isEmpty()) {
            return failure;
        }
        int access = (userMode ? PageWalker.USER : 0)
                | (write ? PageWalker.WRITE : 0)
                | (fetch ? PageWalker.FETCH : 0)
                | (cpu.flag(X86Cpu.AC) ? PageWalker.AC_SET : 0);
        long all = (user ? PageWalker.US : 0) | (writable ? PageWalker.RW : 0);
        return cpu.paging.walker.refusal(all, noExecute, access);
    }

    static Walk of(X86Cpu cpu, long linear) {
        PageWalker walker = cpu.paging.walker;
        if (!cpu.paging.canonical(linear)) {
            return ended(linear, List.of(), Reason.NON_CANONICAL);
        }
        List<Step> steps = new ArrayList<>();
        return switch (walker.mode) {
            case NONE -> new Walk(linear, steps, linear & 0xffff_ffffL, 4096, true, true, false, Reason.NONE);
            case BITS32 -> descend(cpu, linear, steps, 2, cpu.cr3 & 0xffff_f000L);
            case PAE -> {
                int i = (int) (linear >>> 30) & 3;
                long pointer = walker.pdpte[i];
                steps.add(new Step(3, (cpu.cr3 & 0xffff_ffe0L) + 8 * i, pointer));
                yield (pointer & PageWalker.P) == 0
                        ? ended(linear, steps, Reason.NOT_PRESENT)
                        : descend(cpu, linear, steps, 2, pointer & PageWalker.FRAME);
            }
            case LEVEL4 -> descend(cpu, linear, steps, 4, cpu.cr3 & PageWalker.FRAME);
        };
    }

    private static Walk descend(X86Cpu cpu, long linear, List<Step> steps, int top, long root) {
        PageWalker walker = cpu.paging.walker;
        int width = walker.mode.entrySize();
        int indexBits = width == 8 ? 9 : 10;
        long all = -1;
        long any = 0;
        long table = root;
        for (int level = top; ; level--) {
            int shift = 12 + (level - 1) * indexBits;
            long address = table + (linear >>> shift & (1L << indexBits) - 1) * width;
            long value = cpu.memory.index(address) < 0 ? -1 : cpu.memory.read(address, width);
            steps.add(new Step(level, address, value));
            if ((value & PageWalker.P) == 0) {
                return ended(linear, steps, Reason.NOT_PRESENT);
            }
            if (walker.reserved(level, value) != 0) {
                return ended(linear, steps, Reason.RESERVED_PAGE_BITS);
            }
            all &= value;
            any |= value;
            if (level == 1 || walker.large(level, value)) {
                long size = 1L << shift;
                boolean nx = width == 8 && (any & PageWalker.NX) != 0;
                return new Walk(
                        linear,
                        steps,
                        walker.frame(level, value) | linear & size - 1,
                        size,
                        (all & PageWalker.US) != 0,
                        (all & PageWalker.RW) != 0,
                        nx,
                        Reason.NONE);
            }
            table = walker.frame(1, value);
        }
    }

    private static Walk ended(long linear, List<Step> steps, Reason failure) {
        return new Walk(linear, steps, -1, 0, false, false, false, failure);
    }

    /** A line for each entry, and one for what comes of them; numbers in hexadecimal. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        steps.forEach(step -> text.append(step).append('\n'));
        if (failure != Reason.NONE) {
            return text.append("%x: %s".formatted(linear, failure.text())).toString();
        }
        return text.append("%x -> %x in a page of %d KiB, %s, %s, %s"
                        .formatted(
                                linear,
                                physical,
                                pageSize >> 10,
                                user ? "user" : "supervisor",
                                writable ? "writable" : "read-only",
                                noExecute ? "no code" : "code allowed"))
                .toString();
    }
}
