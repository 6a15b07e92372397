package dev.ringscope.trace;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.Snapshot.Context;
import java.util.Random;

/** Events of every sort. */
final class RandomEvents {
    private static final Event.Cause[] FAULTS = {
        Event.Cause.EXCEPTION, Event.Cause.EXTERNAL_INTERRUPT, Event.Cause.NMI, Event.Cause.RESET, Event.Cause.DEBUGGER
    };

    private RandomEvents() {}

    /** At a position, in front of the instruction there: ring changes are such that it runs in the new ring already. */
    static Event next(Random random, long position, int ring, Context context) {
        return switch (random.nextInt(10)) {
            case 0, 1 -> {
                Event.Cause cause = FAULTS[random.nextInt(FAULTS.length)];
                boolean vector = random.nextBoolean();
                yield new Event.RingChange(
                        position,
                        ring,
                        random.nextInt(4),
                        context.mode(),
                        Event.Mode.values()[random.nextInt(Event.Mode.values().length)],
                        cause,
                        vector ? random.nextInt(256) : -1,
                        vector ? random.nextLong() >>> 1 : -1,
                        vector ? random.nextLong() : 0,
                        random.nextLong(),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextLong());
            }
            case 2 ->
                new Event.Trap(
                        position,
                        Event.Cause.EXCEPTION,
                        14,
                        random.nextInt(32),
                        random.nextLong(),
                        0x33,
                        random.nextLong(),
                        "NOT_PRESENT",
                        random.nextLong());
            case 3 ->
                new Event.TableUpdate(
                        position,
                        Event.TableWriter.values()[random.nextInt(4)],
                        1 + random.nextInt(4),
                        random.nextLong(),
                        8,
                        random.nextLong(),
                        random.nextLong(),
                        random.nextLong(),
                        4096,
                        0x1000,
                        random.nextLong());
            case 4 -> new Event.TranslationFlush(position, "invlpg", random.nextLong());
            case 5 ->
                new Event.SystemRegisterWrite(
                        position,
                        random.nextBoolean() ? "cr3" : "msr_c0000082",
                        random.nextLong(),
                        random.nextLong(),
                        random.nextLong());
            case 6 ->
                new Event.PortAccess(
                        position, random.nextBoolean(), random.nextInt(65536), 4, random.nextInt() & 0xffff_ffffL);
            case 7 -> new Event.DeviceAccess(position, random.nextBoolean(), 0xfee0_0000L, 8, random.nextLong());
            case 8 -> new Event.Input(position, "com1", new byte[] {(byte) random.nextInt(), 13});
            default -> new Event.Halt(position, position, position + random.nextInt(1000));
        };
    }
}
