package dev.ringscope.trace.export;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.x86.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The events of {@link CtfEvents} as CTF's language TSDL declares them (CTF 1.8, section 7). */
enum CtfSchema {
    START("u1 ring; mode_t mode; u8x cr3;"),
    RING_CHANGE("""
            u1 from_ring; u1 to_ring; mode_t from_mode; mode_t to_mode; cause_t cause; s2 vector;
            u8x source; u8x source_value; u8x from_pc; u8x to_pc; u8x from_stack; u8x to_stack;"""),
    TRAP("""
            cause_t cause; u1 vector; s4 error_code; u8x address; u2x selector; u8x pc;
            check_t reason; u8x reason_detail;"""),
    TABLE_UPDATE("""
            writer_t writer; u1 level; u8x entry; u1 entry_size; u8x old_value; u8x new_value; u8x first; u8 size;
            u8x cr3; u8x pc;"""),
    TRANSLATION_FLUSH("string instruction; u8x address;"),
    CONTROL_REGISTER_WRITE("string register; u8x old_value; u8x new_value; u8x pc;"),
    SYSTEM_REGISTER_WRITE("string register; u8x old_value; u8x new_value; u8x pc;"),
    PORT_ACCESS("u1 write; u2x port; u1 size; u8x value;"),
    DEVICE_ACCESS("u1 write; u8x address; u1 size; u8x value;"),
    INPUT("string source; u4 length; u1x data[length];"),
    HALT("u8 until;"),
    END("reason_t reason; string explanation;");

    private static final String HEAD = """
            /* CTF 1.8 */
            typealias integer { size = 8; align = 8; signed = false; } := u1;
            typealias integer { size = 8; align = 8; signed = false; base = 16; } := u1x;
            typealias integer { size = 16; align = 8; signed = false; } := u2;
            typealias integer { size = 16; align = 8; signed = false; base = 16; } := u2x;
            typealias integer { size = 16; align = 8; signed = true; } := s2;
            typealias integer { size = 32; align = 8; signed = false; } := u4;
            typealias integer { size = 32; align = 8; signed = false; base = 16; } := u4x;
            typealias integer { size = 32; align = 8; signed = true; } := s4;
            typealias integer { size = 64; align = 8; signed = false; } := u8;
            typealias integer { size = 64; align = 8; signed = false; base = 16; } := u8x;
            trace {
                major = 1; minor = 8; byte_order = le;
                packet.header := struct { u4x magic; u4 stream_id; };
            };
            env { tracer_name = "ringscope"; };
            clock {
                name = virtual; freq = 1000000000;
                description = "an instruction takes a nanosecond; HLT passes to the next event of a timer";
            };
            typealias integer {
                size = 64; align = 8; signed = false; map = clock.virtual.value;
            } := time;
            stream {
                id = 0;
                packet.context := struct { time timestamp_begin; time timestamp_end; u8 content_size; u8 packet_size; };
                event.header := struct { u2 id; time timestamp; };
                event.context := struct { u8 position; };
            };
            """;

    private final String fields;

    CtfSchema(String fields) {
        this.fields = fields;
    }

    /** The whole description. */
    static String text() {
        StringBuilder text = new StringBuilder(HEAD);
        text.append(enumeration("mode_t", Event.Mode.values()));
        text.append(enumeration("cause_t", Event.Cause.values()));
        text.append(enumeration("writer_t", Event.TableWriter.values()));
        text.append(enumeration("reason_t", StopReason.values()));
        text.append(enumeration("check_t", checks()));
        for (CtfSchema event : values()) {
            text.append("event { id = %d; stream_id = 0; name = \"%s\"; fields := struct { %s }; };\n"
                    .formatted(event.ordinal(), event.title(), event.fields));
        }
        return text.toString();
    }

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static String enumeration(String name, Enum<?>[] constants) {
        return enumeration(name, Arrays.stream(constants).map(Enum::name).toList());
    }

    private static String enumeration(String name, List<String> constants) {
        StringBuilder text = new StringBuilder("typealias enum : u2 { ");
        for (int i = 0; i < constants.size(); i++) {
            text.append(i == 0 ? "" : ", ")
                    .append('"')
                    .append(constants.get(i))
                    .append("\" = ")
                    .append(i);
        }
        return text + " } := " + name + ";\n";
    }

    /** The checks that fail, behind one for a trap at which none did: some readers do not tell an empty string. */
    private static List<String> checks() {
        return Stream.concat(Stream.of("NONE"), Arrays.stream(Reason.values()).map(Enum::name))
                .toList();
    }

    /** Number of a check, by its name in the event. */
    static int check(String reason) {
        return reason.isEmpty() ? 0 : Reason.valueOf(reason).ordinal() + 1;
    }
}
