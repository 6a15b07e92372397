package dev.ringscope.trace.query;

import dev.ringscope.trace.Detail;
import dev.ringscope.trace.explain.TableTree;
import dev.ringscope.trace.explain.TableTree.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What do the page tables below a root map at a position: entry by entry, or joined into ranges? */
public final class AddressSpace {
    /** Entries looked at between two moments at which the machine belongs to others. */
    private static final int BATCH = 1 << 12;

    /**
     * Linear addresses next to each other that are mapped with the same rights.
     *
     * @param last the last address of it
     * @param user CPL 3 may access it; and so on
     * @param physical where its first byte lies
     * @param contiguous its pages lie next to each other in physical memory too
     * @param pages how many pages map it, of whatever size
     */
    public record Mapping(
            long first,
            long last,
            boolean user,
            boolean writable,
            boolean noExecute,
            long physical,
            boolean contiguous,
            long pages) {
        private Mapping and(Entry page) {
            boolean next = page.target() == physical + (page.linear() - first);
            return new Mapping(
                    first,
                    page.linear() + page.size() - 1,
                    user,
                    writable,
                    noExecute,
                    physical,
                    contiguous && next,
                    pages + 1);
        }

        private boolean goesOn(Entry page) {
            return page.linear() == last + 1
                    && page.user() == user
                    && page.writable() == writable
                    && page.noExecute() == noExecute;
        }

        private static Mapping of(Entry page) {
            return new Mapping(
                    page.linear(),
                    page.linear() + page.size() - 1,
                    page.user(),
                    page.writable(),
                    page.noExecute(),
                    page.target(),
                    true,
                    1);
        }
    }

    /**
     * What was gone through.
     *
     * @param paging whether paging was on; else there is nothing to be told: every address is its own translation
     * @param root physical address of the root table
     * @param levels of the tables: 4, 3 (PAE) or 2
     * @param complete false: there were more entries than can be looked at
     */
    public record Extent(boolean paging, long root, int levels, boolean complete) {}

    private AddressSpace() {}

    /**
     * Every present entry, a table's right behind the one that leads to it.
     *
     * @param cr3 empty: the position's own
     * @param filter its range begins at the position and says how many are wanted; its addresses hold for what an entry
     *     translates; the rest does not matter
     */
    public static Extent tree(Recording recording, OptionalLong cr3, Filter filter, Answers<Entry> answers)
            throws IOException {
        return new Question(recording, cr3, filter, answers).ask(filter.range().limit(answers)::take);
    }

    /** Every page that can be accessed, joined into ranges. Arguments as for {@link #tree}. */
    public static Extent mappings(Recording recording, OptionalLong cr3, Filter filter, Answers<Mapping> answers)
            throws IOException {
        Answers<Mapping> wanted = filter.range().limit(answers);
        Mapping[] open = new Mapping[1];
        boolean[] more = {true};
        Extent extent = new Question(recording, cr3, filter, answers).ask(entry -> {
            if (!entry.maps()) {
                return true;
            }
            if (open[0] != null && !open[0].goesOn(entry)) {
                more[0] = wanted.take(open[0]);
                open[0] = null;
            }
            open[0] = open[0] == null ? Mapping.of(entry) : open[0].and(entry);
            return more[0];
        });
        if (open[0] != null && more[0]) {
            wanted.take(open[0]);
        }
        return extent;
    }

    /** Takes an entry. */
    private interface Taking {
        boolean take(Entry entry) throws IOException;
    }

    private static final class Question {
        private final Recording recording;
        private final OptionalLong cr3;
        private final Filter filter;
        private final Asker asker;
        private TableTree tree;
        private boolean ended;

        Question(Recording recording, OptionalLong cr3, Filter filter, Asker asker) {
            this.recording = recording;
            this.cr3 = cr3;
            this.filter = filter;
            this.asker = asker;
        }

        Extent ask(Taking taking) throws IOException {
            boolean wanted = true;
            while (wanted && !ended) {
                for (Entry entry : batch()) {
                    wanted = wanted && taking.take(entry);
                }
            }
            return new Extent(tree.paging(), tree.root(), tree.top(), !tree.cutOff());
        }

        private List<Entry> batch() throws IOException {
            return recording.replays().at(Detail.FLOW, filter.range().from(), asker, timeline -> {
                if (tree == null) {
                    tree = new TableTree(
                            timeline.machine(), cr3.orElse(timeline.machine().cpu().cr3));
                    ended = !tree.paging();
                }
                List<Entry> entries = new ArrayList<>();
                for (int looked = 0; looked < BATCH && !ended; looked++) {
                    Entry entry = tree.next(timeline.machine());
                    ended = entry == null;
                    if (!ended && filter.addresses(entry.linear(), entry.size())) {
                        entries.add(entry);
                    } else if (!ended) {
                        tree.skip(entry);
                    }
                }
                return entries;
            });
        }
    }
}
