package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.TableTree;
import dev.ringscope.trace.explain.WalkText;

/** {@code monitor info pagetables}: the tables as a tree, pages that lie behind one another folded into one line. */
record InfoPagetables(Guest guest) implements GuestCommand {
    private static final int MOST_LINES = 20_000;
    private static final long ACCESSED_AND_DIRTY = 0x60;

    /** The tree as text, one run of pages behind. */
    private static final class Lines {
        private final StringBuilder text = new StringBuilder();
        private final int top;
        private int count;
        private TableTree.Entry first;
        private TableTree.Entry last;

        Lines(int top) {
            this.top = top;
        }

        boolean add(TableTree.Entry entry) {
            if (!continues(entry)) {
                flush();
                first = entry;
            }
            last = entry;
            if (!entry.leaf()) {
                flush();
            }
            return count < MOST_LINES;
        }

        private boolean continues(TableTree.Entry entry) {
            return last != null
                    && entry.leaf()
                    && entry.level() == last.level()
                    && entry.linear() == last.linear() + last.size()
                    && entry.target() == last.target() + last.size()
                    && flags(entry) == flags(last);
        }

        private static long flags(TableTree.Entry entry) {
            return entry.value() & ~ACCESSED_AND_DIRTY & 0x8000_0000_0000_0fffL;
        }

        void flush() {
            if (last == null) {
                return;
            }
            count++;
            String indent = "  ".repeat(top - first.level() + 1);
            String index =
                    first.index() == last.index() || first.leaf() && first.address() >>> 12 != last.address() >>> 12
                            ? "[%03d]    ".formatted(first.index())
                            : "[%03d-%03d]".formatted(first.index(), last.index());
            long end = last.linear() + last.size() - 1;
            String target = first.leaf()
                    ? "0x%x-0x%x".formatted(first.target(), last.target() + last.size() - 1)
                    : "table 0x%x".formatted(first.target());
            String bits =
                    WalkText.bits(first.level(), first.leaf() ? first.value() & ~ACCESSED_AND_DIRTY : first.value());
            text.append("%s%s %016x-%016x %-5s -> %s%s%n"
                    .formatted(indent, index, first.linear(), end, WalkText.name(first.level()), target, bits));
            last = null;
        }
    }

    @Override
    public String name() {
        return "info pagetables";
    }

    @Override
    public String summary() {
        return "[CR3]: the page tables as a tree";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        Words words = new Words(guest.machine(), arguments);
        if (!new TableTree(guest.machine()).paging()) {
            return "PG disabled\n";
        }
        TableTree tree = new TableTree(
                guest.machine(), words.optionalNumber().orElse(guest.machine().cpu().cr3));
        words.end();
        if (guest.machine().memory().index(tree.root()) < 0) {
            throw new RefusedException("there is no memory at the root table 0x%x".formatted(tree.root()));
        }
        Lines lines = new Lines(tree.top());
        tree.walk(guest.machine(), lines::add);
        lines.flush();
        String more = tree.cutOff() || lines.count >= MOST_LINES ? "... and more\n" : "";
        return "%s at 0x%x%n%s%s"
                .formatted(
                        new String[] {"", "", "page directory", "PDPT", "PML4"}[tree.top()],
                        tree.root(),
                        lines.text,
                        more);
    }
}
