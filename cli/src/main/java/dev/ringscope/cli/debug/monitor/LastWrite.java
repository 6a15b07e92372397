package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.gdbstub.RefusedException;
import java.io.IOException;
import java.util.Optional;

/** {@code monitor last-write} and {@code first-write}: which instruction wrote some bytes, through whatever mapping. */
record LastWrite(Guest guest, Past past, boolean last) implements GuestCommand {
    private static final int MOST = 8;

    @Override
    public String name() {
        return last ? "last-write" : "first-write";
    }

    @Override
    public String summary() {
        return "ADDRESS [BYTES] [physical]: the %s instruction before now that wrote there"
                .formatted(last ? "last" : "first");
    }

    @Override
    public String answer(String arguments) throws RefusedException, IOException {
        Words words = new Words(guest.machine(), arguments);
        long address = words.number("an address");
        boolean physical = words.take("physical");
        int size = physical || words.isEmpty() ? MOST : words.count(MOST, MOST);
        physical |= words.take("physical");
        words.end();
        if (!past.recorded()) {
            throw new RefusedException("this guest is not recorded: start it with record, and its writes are known");
        }
        long found = physical ? address : translate(address);
        if (guest.machine().memory().index(found) < 0) {
            throw new RefusedException("there is no memory at physical address 0x%x".formatted(found));
        }
        size = (int) Math.min(size, 4096 - (found & 4095));
        long now = guest.machine().position();
        Optional<WriteSearch.Write> write = last ? past.lastWrite(found, size, now) : past.firstWrite(found, size, now);
        return write.map(WriteSearch::describe)
                .orElse("no instruction has written the %d bytes at physical 0x%x so far%n".formatted(size, found));
    }

    private long translate(long linear) throws RefusedException {
        Walk walk = guest.machine().cpu().paging.walk(linear);
        if (!walk.mapped()) {
            throw new RefusedException(
                    "0x%x is not mapped now: name the physical address, with \"physical\" behind it".formatted(linear));
        }
        return walk.physical();
    }
}
