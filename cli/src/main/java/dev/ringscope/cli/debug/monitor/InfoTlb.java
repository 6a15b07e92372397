package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.TableTree;

/** {@code monitor info tlb}: every page that the present tables map, a line each, in QEMU's format. */
record InfoTlb(Guest guest) implements GuestCommand {
    private static final int MOST_LINES = 100_000;
    private static final long PS = 0x80;
    /** NX, G, PS, D, A, PCD, PWT, US, RW, as QEMU orders and names them. */
    private static final int[] BITS = {63, 8, 7, 6, 5, 4, 3, 2, 1};

    private static final String LETTERS = "XGPDACTUW";

    @Override
    public String name() {
        return "info tlb";
    }

    @Override
    public String summary() {
        return "the mappings of the present page tables, page by page: linear, physical, flags";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        TableTree tree = new TableTree(guest.machine());
        if (!tree.paging()) {
            return "PG disabled\n";
        }
        StringBuilder text = new StringBuilder();
        int[] lines = {0};
        tree.walk(guest.machine(), entry -> {
            if (entry.maps() && lines[0]++ < MOST_LINES) {
                long flags = entry.level() == 1 ? entry.value() & ~PS : entry.value();
                text.append("%016x: %016x %s%n".formatted(entry.linear(), entry.target(), letters(flags)));
            }
            return lines[0] < MOST_LINES;
        });
        if (tree.cutOff() || lines[0] >= MOST_LINES) {
            text.append("... and more: \"info mem\" and \"info pagetables\" fold what lies together\n");
        }
        return text.toString();
    }

    private static String letters(long value) {
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < BITS.length; n++) {
            text.append((value >>> BITS[n] & 1) != 0 ? LETTERS.charAt(n) : '-');
        }
        return text.toString();
    }
}
