package dev.ringscope.trace.query;

import dev.ringscope.trace.symbols.Symbols;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/** Follows the stacks of calls through a trace, from its start. */
final class Stacks {
    /** Who asked. */
    interface Going extends Asker {
        /** Whether what comes behind a position is wanted too. */
        boolean more(long position);
    }

    private Stacks() {}

    /**
     * @param to the position behind the last one
     * @param probe looks at the machine when the ring changes and when traps are delivered
     */
    static void follow(
            Recording recording, long to, Symbols symbols, Transfers.Probe probe, CallWatcher watcher, Going going)
            throws IOException {
        LongPredicate starts = starts(symbols);
        CallStacks stacks = new CallStacks(starts, watcher);
        Transfers.list(recording, to, starts, probe, new Answers<Transfer>() {
            @Override
            public boolean take(Transfer transfer) throws IOException {
                stacks.accept(transfer);
                return going.more(transfer.position());
            }

            @Override
            public void check() {
                going.check();
            }
        });
        stacks.finish();
    }

    /** Whether a symbol begins at an address; with no symbols, none does. */
    static LongPredicate starts(Symbols symbols) {
        if (symbols.isEmpty()) {
            return _ -> false;
        }
        return address -> {
            OptionalLong start = symbols.start(address);
            return start.isPresent() && start.getAsLong() == address;
        };
    }
}
