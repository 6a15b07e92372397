package dev.ringscope.trace.export;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import dev.ringscope.trace.query.VirtualClock;
import java.io.IOException;

/** Writes events with the fields that {@link CtfSchema} declares. */
final class CtfEvents {
    private final CtfStream out;
    private final VirtualClock clock;
    private final Context context;
    private final long from;

    CtfEvents(Exported exported, CtfStream out) throws IOException {
        this.out = out;
        from = exported.range().from();
        clock = VirtualClock.from(exported.recording().trace(), from);
        context = exported.recording().trace().instructions(from).contextAt(from);
    }

    /** Tells in which ring, mode and address space the processor is before anything happens. */
    void start() throws IOException {
        begin(CtfSchema.START, from);
        out.u1(context.ring()).u2(context.mode().ordinal()).u8(context.translationRoot());
    }

    private CtfStream begin(CtfSchema event, long position) throws IOException {
        return out.begin(event.ordinal(), clock.at(position)).u8(position);
    }

    boolean take(Event event) throws IOException {
        switch (event) {
            case Event.RingChange e -> change(e);
            case Event.Trap e -> trap(e);
            case Event.TableUpdate e -> update(e);
            case Event.TranslationFlush e ->
                begin(CtfSchema.TRANSLATION_FLUSH, e.position())
                        .text(e.instruction())
                        .u8(e.address());
            case Event.SystemRegisterWrite e ->
                begin(register(e), e.position())
                        .text(e.register())
                        .u8(e.oldValue())
                        .u8(e.newValue())
                        .u8(e.pc());
            case Event.PortAccess e ->
                begin(CtfSchema.PORT_ACCESS, e.position())
                        .u1(e.write() ? 1 : 0)
                        .u2(e.port())
                        .u1(e.size())
                        .u8(e.value());
            case Event.DeviceAccess e ->
                begin(CtfSchema.DEVICE_ACCESS, e.position())
                        .u1(e.write() ? 1 : 0)
                        .u8(e.address())
                        .u1(e.size())
                        .u8(e.value());
            case Event.Input e ->
                begin(CtfSchema.INPUT, e.position()).text(e.source()).bytes(e.data());
            case Event.Halt e -> {
                begin(CtfSchema.HALT, e.position()).u8(e.until());
                clock.pass(e);
            }
            case Event.End e ->
                begin(CtfSchema.END, e.position()).u2(e.reason().ordinal()).text(e.explanation());
        }
        return true;
    }

    private static CtfSchema register(Event.SystemRegisterWrite e) {
        return e.register().matches("cr\\d+") ? CtfSchema.CONTROL_REGISTER_WRITE : CtfSchema.SYSTEM_REGISTER_WRITE;
    }

    private void change(Event.RingChange e) throws IOException {
        begin(CtfSchema.RING_CHANGE, e.position())
                .u1(e.from())
                .u1(e.to())
                .u2(e.fromMode().ordinal())
                .u2(e.toMode().ordinal())
                .u2(e.cause().ordinal())
                .u2(e.vector())
                .u8(e.source())
                .u8(e.sourceValue())
                .u8(e.fromPc())
                .u8(e.toPc())
                .u8(e.fromStack())
                .u8(e.toStack());
    }

    private void trap(Event.Trap e) throws IOException {
        begin(CtfSchema.TRAP, e.position())
                .u2(e.cause().ordinal())
                .u1(e.vector())
                .number(e.errorCode(), Integer.BYTES)
                .u8(e.address())
                .u2(e.selector())
                .u8(e.pc())
                .u2(CtfSchema.check(e.reason()))
                .u8(e.reasonDetail());
    }

    private void update(Event.TableUpdate e) throws IOException {
        begin(CtfSchema.TABLE_UPDATE, e.position())
                .u2(e.writer().ordinal())
                .u1(e.level())
                .u8(e.entry())
                .u1(e.entrySize())
                .u8(e.oldValue())
                .u8(e.newValue())
                .u8(e.first())
                .u8(e.size())
                .u8(e.root())
                .u8(e.pc());
    }
}
