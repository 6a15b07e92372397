package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.proto.trace.v1.Events;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bytes are those that protobuf itself writes, and say what the event says. */
class EventEncoderTest {
    private static final int ROUNDS = 2_000;

    private final Random random = new Random(11);

    /** Numbers of all lengths, 0 and negative ones among them. */
    private long number() {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> -1 - random.nextInt(100);
            default -> random.nextLong() >>> random.nextInt(64);
        };
    }

    private int small(int bound) {
        return random.nextInt(bound);
    }

    private <E> E any(E[] constants) {
        return constants[random.nextInt(constants.length)];
    }

    private String text() {
        return random.nextInt(3) == 0 ? "" : "cr" + random.nextInt(100) + "\u00e4\u20ac";
    }

    private static boolean byMsr(Event.Cause cause) {
        return switch (cause) {
            case SYSCALL, SYSRET, SYSENTER, SYSEXIT -> true;
            default -> false;
        };
    }

    private Event ringChange(long at) {
        Event.Cause cause = any(Event.Cause.values());
        long source = byMsr(cause) ? random.nextInt() & 0xffff_ffffL : number();
        source = random.nextBoolean() ? -1 : source;
        return new Event.RingChange(
                at,
                small(4),
                small(4),
                any(Event.Mode.values()),
                any(Event.Mode.values()),
                cause,
                random.nextBoolean() ? -1 : small(256),
                source,
                source == -1 ? 0 : number(),
                number(),
                number(),
                number(),
                number());
    }

    private Event trap(long at) {
        Event.Cause cause = random.nextBoolean() ? Event.Cause.EXCEPTION : Event.Cause.SOFTWARE_INTERRUPT;
        int vector = small(32);
        Reason reason = any(Reason.values());
        return new Event.Trap(
                at,
                cause,
                vector,
                random.nextBoolean() ? -1 : small(1 << 16),
                vector == 14 && cause == Event.Cause.EXCEPTION ? number() : 0,
                small(1 << 16),
                number(),
                reason == Reason.NONE ? "" : reason.name(),
                number());
    }

    private List<Event> one(long at) {
        long from = number() >>> 2;
        return List.of(
                ringChange(at),
                trap(at),
                new Event.TableUpdate(
                        at,
                        any(Event.TableWriter.values()),
                        1 + small(5),
                        number(),
                        random.nextBoolean() ? 4 : 8,
                        number(),
                        number(),
                        number(),
                        1L << 12 + small(28),
                        number(),
                        number()),
                new Event.TranslationFlush(at, text(), number()),
                new Event.SystemRegisterWrite(at, text(), number(), number(), number()),
                new Event.PortAccess(at, random.nextBoolean(), small(1 << 16), 1 << small(3), number()),
                new Event.DeviceAccess(at, random.nextBoolean(), number(), 1 << small(4), number()),
                new Event.Input(at, text(), text().getBytes(StandardCharsets.UTF_8)),
                new Event.Halt(at, from, from + small(1_000)),
                new Event.End(at, any(StopReason.values()), text()));
    }

    private static String shown(Event event) {
        return event instanceof Event.Input input
                ? "%d %s %s".formatted(input.position(), input.source(), Arrays.toString(input.data()))
                : event.toString();
    }

    @Test
    void theBytesAreThoseThatProtobufWrites() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            for (Event event : one(number() >>> 1)) {
                EventRows rows = new EventRows(1);
                rows.add(event);
                WireOutput out = new WireOutput(1);
                EventEncoder.field(Events.EVENTS_FIELD_NUMBER, out, rows, 0, event.position());
                byte[] bytes = Arrays.copyOf(out.array(), out.size());
                assertThat(Events.parseFrom(bytes).toByteArray())
                        .as(shown(event))
                        .isEqualTo(bytes);
            }
        }
    }

    @Test
    void whatWasEncodedIsDecoded() {
        EventRows rows = new EventRows(1);
        WireOutput column = new WireOutput(16);
        List<String> expected = new ArrayList<>();
        long before = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (Event event : one(before + small(1_000))) {
                rows.add(event);
                EventEncoder.field(
                        Events.EVENTS_FIELD_NUMBER, column, rows, rows.count() - 1, event.position() - before);
                before = event.position();
                expected.add(shown(event));
            }
        }
        Place place = new Place("file", 7, "");
        EventDecoder decoder = new EventDecoder(new WireInput(place, column.array(), 0, column.size()), 0, before);
        for (String each : expected) {
            assertThat(shown(decoder.next())).isEqualTo(each);
        }
        assertThat(decoder.next()).isNull();
    }

    /** Small enough that forms come again, with other numbers. */
    private Event again(Event event, long at) {
        return switch (event) {
            case Event.RingChange e -> {
                boolean descriptor = e.source() != -1 && !byMsr(e.cause());
                yield new Event.RingChange(
                        at,
                        e.from(),
                        e.to(),
                        e.fromMode(),
                        e.toMode(),
                        e.cause(),
                        e.vector(),
                        descriptor ? number() : e.source(),
                        descriptor ? number() : e.sourceValue(),
                        number(),
                        number(),
                        number(),
                        number());
            }
            case Event.Trap e ->
                new Event.Trap(
                        at,
                        e.cause(),
                        e.vector(),
                        small(4) - 1,
                        e.vector() == 14 && e.cause() == Event.Cause.EXCEPTION ? number() : 0,
                        e.selector(),
                        number(),
                        e.reason(),
                        number());
            case Event.TableUpdate e ->
                new Event.TableUpdate(
                        at,
                        e.writer(),
                        e.level(),
                        number(),
                        e.entrySize(),
                        number(),
                        number(),
                        number(),
                        1L << 12 + small(2),
                        number(),
                        number());
            case Event.TranslationFlush e -> new Event.TranslationFlush(at, e.instruction(), number());
            case Event.SystemRegisterWrite e ->
                new Event.SystemRegisterWrite(at, e.register(), number(), number(), number());
            default -> event;
        };
    }

    private void assertWrittenAsByTheEncoder(EventTemplates templates, EventRows rows) {
        WireOutput out = new WireOutput(1);
        WireOutput expected = new WireOutput(1);
        for (int i = 0; i < 20_000; i++) {
            int row = small(rows.count());
            long delta = number();
            templates.write(out, rows, row, delta);
            EventEncoder.field(Events.EVENTS_FIELD_NUMBER, expected, rows, row, delta);
        }
        assertThat(Arrays.copyOf(out.array(), out.size())).isEqualTo(Arrays.copyOf(expected.array(), expected.size()));
    }

    @Test
    void whatIsRepeatedIsWrittenAsIfItWereNot() {
        EventRows rows = new EventRows(1);
        for (int round = 0; round < 60; round++) {
            one(1_000 + small(3)).forEach(rows::add);
        }
        assertWrittenAsByTheEncoder(new EventTemplates(), rows);
    }

    /** The longest ones have no template. */
    @Test
    void whatIsLikeAnEarlierOneIsWrittenAsIfItWereNot() {
        EventTemplates templates = new EventTemplates();
        for (int round = 0; round < 20; round++) {
            List<Event> forms = new ArrayList<>(one(0));
            forms.add(new Event.SystemRegisterWrite(0, "msr".repeat(30 + small(4)), 1, 2, 3));
            forms.add(new Event.TranslationFlush(0, "invlpg".repeat(18 + small(4)), 1));
            EventRows rows = new EventRows(1);
            for (Event form : forms) {
                for (int i = 0; i < 100; i++) {
                    rows.add(again(form, 0));
                }
            }
            assertWrittenAsByTheEncoder(templates, rows);
        }
    }
}
