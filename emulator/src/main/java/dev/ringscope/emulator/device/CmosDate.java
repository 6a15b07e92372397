package dev.ringscope.emulator.device;

import java.time.LocalDate;
import java.time.LocalDateTime;

/**
 * The date in the registers of a {@link Cmos}: seconds 0, minutes 2, hours 4, day of week 6, day 7, month 8, year 9,
 * century 0x32; binary or BCD (register B, bit 2), 24 or 12 hours (bit 1). MC146818A datasheet, "Time, Calendar, and
 * Alarm Locations".
 */
final class CmosDate {
    private static final int BINARY = 4, HOURS_24 = 2, PM = 0x80;
    private static final int CENTURY = 0x32;
    /** An alarm byte with both high bits set matches everything. */
    private static final int ANY = 0xc0;

    private CmosDate() {}

    static void write(byte[] r, LocalDateTime date) {
        r[0] = encode(r, date.getSecond());
        r[2] = encode(r, date.getMinute());
        int hour = date.getHour();
        if ((r[Cmos.B] & HOURS_24) != 0) {
            r[4] = encode(r, hour);
        } else {
            r[4] = (byte) (encode(r, (hour + 11) % 12 + 1) | (hour >= 12 ? PM : 0));
        }
        r[6] = encode(r, date.getDayOfWeek().getValue() % 7 + 1);
        r[7] = encode(r, date.getDayOfMonth());
        r[8] = encode(r, date.getMonthValue());
        r[9] = encode(r, date.getYear() % 100);
        r[CENTURY] = encode(r, date.getYear() / 100);
    }

    /**
     * A day or month out of range carries into the next larger unit, so that no content of the registers is refused.
     */
    static LocalDateTime read(byte[] r) {
        int year = decode(r, r[CENTURY]) * 100 + decode(r, r[9]);
        LocalDate date =
                LocalDate.of(year, 1, 1).plusMonths(decode(r, r[8]) - 1L).plusDays(decode(r, r[7]) - 1L);
        return date.atStartOfDay()
                .plusHours(hour(r, r[4]))
                .plusMinutes(decode(r, r[2]))
                .plusSeconds(decode(r, r[0]));
    }

    /** Whether one of the {@code seconds} seconds that follow {@code from} is the alarm's. */
    static boolean alarmWithin(byte[] r, LocalDateTime from, long seconds) {
        LocalDateTime t = from;
        for (long i = 0; i < Math.min(seconds, 86_400); i++) {
            t = t.plusSeconds(1);
            if (matches(r, r[Cmos.ALARM_SECONDS], t.getSecond())
                    && matches(r, r[Cmos.ALARM_MINUTES], t.getMinute())
                    && (any(r[Cmos.ALARM_HOURS]) || hour(r, r[Cmos.ALARM_HOURS]) == t.getHour())) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(byte[] r, byte alarm, int value) {
        return any(alarm) || decode(r, alarm) == value;
    }

    private static boolean any(byte alarm) {
        return (alarm & ANY) == ANY;
    }

    private static int hour(byte[] r, byte value) {
        if ((r[Cmos.B] & HOURS_24) != 0) {
            return decode(r, value);
        }
        return decode(r, (byte) (value & ~PM)) % 12 + ((value & PM) != 0 ? 12 : 0);
    }

    private static byte encode(byte[] r, int value) {
        return (byte) ((r[Cmos.B] & BINARY) != 0 ? value : value / 10 << 4 | value % 10);
    }

    private static int decode(byte[] r, byte value) {
        int v = value & 0xff;
        return (r[Cmos.B] & BINARY) != 0 ? v : (v >> 4) * 10 + (v & 15);
    }
}
