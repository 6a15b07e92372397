package dev.ringscope.cli.debug.monitor;

import dev.ringscope.cli.debug.Guest;
import dev.ringscope.emulator.device.Pic;
import dev.ringscope.emulator.device.PicState;
import dev.ringscope.gdbstub.RefusedException;
import java.util.Optional;

/** {@code monitor info pic}: the two 8259A interrupt controllers, in QEMU's layout. */
record InfoPic(Guest guest) implements GuestCommand {
    @Override
    public String name() {
        return "info pic";
    }

    @Override
    public String summary() {
        return "the interrupt controllers: requests, masks, what is in service";
    }

    @Override
    public String answer(String arguments) throws RefusedException {
        new Words(guest.machine(), arguments).end();
        Optional<Pic> pic = Parts.find(guest, Pic.class);
        return pic.map(p -> line("pic1", p.slaveState()) + line("pic0", p.masterState()))
                .orElseThrow(() -> new RefusedException("this machine has no PIC"));
    }

    private static String line(String name, PicState s) {
        return "%s: irr=%02x imr=%02x isr=%02x hprio=%d irq_base=%02x rr_sel=%d elcr=%02x fnm=%d%s%n"
                .formatted(
                        name,
                        s.irr(),
                        s.imr(),
                        s.isr(),
                        s.highest(),
                        s.vectorBase(),
                        s.readsIsr() ? 1 : 0,
                        s.elcr(),
                        s.specialFullyNested() ? 1 : 0,
                        s.automaticEoi() ? " aeoi=1" : "");
    }
}
