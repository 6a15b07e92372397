package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.Watchpoints.Kind;
import dev.ringscope.gdbstub.RefusedException;

/** {@code monitor watch-physical}: a watchpoint that is met through every mapping of a page. */
record WatchPhysical(Guest guest) implements GuestCommand {
    private static final int USUAL = 8;
    private static final int MOST = 1 << 20;

    @Override
    public String name() {
        return "watch-physical";
    }

    @Override
    public String summary() {
        return "ADDRESS [BYTES] [r|w|a]: stop behind whatever reads, writes (unless told otherwise) or accesses RAM"
                + " there";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        Words words = new Words(guest.machine(), arguments);
        long address = words.number("a physical address");
        Kind kind = kind(words);
        int size = USUAL;
        if (kind == null) {
            size = words.count(USUAL, MOST);
            kind = kind(words);
        }
        words.end();
        for (long a : new long[] {address, address + size - 1}) {
            if (guest.machine().memory().index(a) < 0) {
                throw new RefusedException("there is no memory at physical address 0x%x".formatted(a));
            }
        }
        return guest.physicalStops().addWatch(address, size, kind == null ? Kind.WRITE : kind) + "\n";
    }

    /** Null if the next word says nothing of it. */
    private static Kind kind(Words words) {
        return words.take("r") ? Kind.READ : words.take("w") ? Kind.WRITE : words.take("a") ? Kind.ACCESS : null;
    }
}
