package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.trace.explain.Listing;
import dev.ringscope.trace.explain.View;

/** {@code monitor x} and {@code xp}: memory by linear and by physical address, as in QEMU; or plain bytes. */
record Examine(Guest guest, boolean physical, Disas disas, GuestSymbols symbols) implements GuestCommand {
    private static final int USUAL = 64;
    private static final int MOST = 65_536;

    @Override
    public String name() {
        return physical ? "xp" : "x";
    }

    @Override
    public String summary() {
        return (physical ? "physical" : "linear") + " memory: /FMT ADDRESS as in QEMU (/4xg, /8cb, /5i),"
                + " or ADDRESS [BYTES]";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        View view = physical ? View.physical(guest.machine()) : View.linear(guest.machine());
        Words words = new Words(guest.machine(), arguments);
        if (!arguments.startsWith("/")) {
            long address = words.number("an address");
            int count = words.count(USUAL, MOST);
            words.end();
            return bytes(view, address, count);
        }
        MemoryFormat format = MemoryFormat.parse(words.word("a format"));
        long address = Expression.value(guest.machine(), words.all());
        if (format.code()) {
            if (physical) {
                throw new RefusedException("xp shows no code: use x or disas with a linear address");
            }
            return Listing.now(guest.machine(), disas.syntax(), symbols)
                    .lines(address, format.count(), guest.machine().cpu().pcLinear());
        }
        return format.dump(view, address);
    }

    private String bytes(View view, long address, int count) {
        StringBuilder text = new StringBuilder();
        byte[] line = new byte[16];
        for (int done = 0; done < count; done += 16) {
            int there = view.read(address + done, line);
            text.append("%016x:".formatted(address + done));
            for (int i = 0; i < Math.min(there, count - done); i++) {
                text.append(" %02x".formatted(line[i]));
            }
            text.append('\n');
            if (there < Math.min(16, count - done)) {
                return text.append(
                                "0x%x: %s%n".formatted(address + done + there, physical ? "no memory" : "not mapped"))
                        .toString();
            }
        }
        return text.toString();
    }
}
