package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.TableTree;

/** {@code monitor info mem}: ranges of linear addresses with the same rights, in QEMU's format. */
record InfoMem(Guest guest) implements GuestCommand {
    /** Joins pages that lie behind one another. */
    private static final class Ranges {
        private final StringBuilder text = new StringBuilder();
        private long start;
        private long end;
        private String rights = "";

        void add(TableTree.Entry page) {
            String now = (page.user() ? "u" : "-") + "r" + (page.writable() ? "w" : "-");
            if (!now.equals(rights) || page.linear() != end) {
                flush();
                start = page.linear();
                rights = now;
            }
            end = page.linear() + page.size();
        }

        void flush() {
            if (!rights.isEmpty()) {
                text.append("%016x-%016x %016x %s%n".formatted(start, end, end - start, rights));
            }
            rights = "";
        }
    }

    @Override
    public String name() {
        return "info mem";
    }

    @Override
    public String summary() {
        return "the mapped ranges of linear addresses and their rights";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        TableTree tree = new TableTree(guest.machine());
        if (!tree.paging()) {
            return "PG disabled\n";
        }
        Ranges ranges = new Ranges();
        tree.walk(guest.machine(), entry -> {
            if (entry.maps()) {
                ranges.add(entry);
            }
            return true;
        });
        ranges.flush();
        return ranges.text + (tree.cutOff() ? "... and more\n" : "");
    }
}
