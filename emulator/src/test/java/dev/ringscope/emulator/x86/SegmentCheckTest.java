package dev.ringscope.emulator.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringscope.emulator.insn.Instruction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits and types of every kind of segment, as Intel SDM vol. 3A, 5.3 and 5.5 have them. */
class SegmentCheckTest {
    private static final int ES = Instruction.ES;

    /** Type is the access byte; B the big flag; the base is 0x1000. */
    @ParameterizedTest(name = "type {0} B={1} limit {2}: {4} bytes at {3} -> {5}")
    @CsvSource({
        // expand-up data: offsets 0..limit
        "93, 1, ffff,     0,        4, ok",
        "93, 1, ffff,     fffc,     4, ok",
        "93, 1, ffff,     fffd,     4, GP",
        "93, 1, ffff,     10000,    1, GP",
        "93, 1, ffffffff, fffffffc, 4, ok",
        "93, 1, ffffffff, fffffffd, 4, GP",
        "93, 0, 0,        0,        1, ok",
        "93, 0, 0,        0,        2, GP",
        // expand-down data: offsets limit+1..ffff or ffffffff by B
        "97, 0, fff,      1000,     1, ok",
        "97, 0, fff,      fff,      1, GP",
        "97, 0, fff,      fff,      2, GP",
        "97, 0, fff,      ffff,     1, ok",
        "97, 0, fff,      ffff,     2, GP",
        "97, 1, fff,      10000,    4, ok",
        "97, 1, fff,      fffffffc, 4, ok",
        "97, 1, fff,      fffffffe, 4, GP",
        "97, 1, ffffffff, ffffffff, 1, GP",
        // execute-only and readable code
        "99, 1, ffff,     0,        1, GP",
        "9b, 1, ffff,     0,        1, ok",
        "9f, 1, ffff,     ffff,     1, ok",
        "9f, 1, ffff,     ffff,     2, GP",
        // read-only data; null
        "91, 1, ffff,     0,        4, ok",
        "95, 1, fff,      1000,     4, ok",
        "0,  0, 0,        0,        1, GP",
    })
    void readsAreCheckedByTypeAndLimit(String type, int big, String limit, String offset, int size, String outcome) {
        assertThat(access(type, big, limit, offset, size, false)).isEqualTo(outcome);
    }

    @ParameterizedTest(name = "type {0}: a write -> {1}")
    @CsvSource({"93, ok", "91, GP", "97, ok", "95, GP", "99, GP", "9b, GP", "9d, GP", "9f, GP", "0, GP"})
    void onlyWritableDataIsWritten(String type, String outcome) {
        assertThat(access(type, 1, "fff", "97".equals(type) || "95".equals(type) ? "1000" : "0", 4, true))
                .isEqualTo(outcome);
    }

    private static String access(String type, int big, String limit, String offset, int size, boolean write) {
        X86Cpu cpu = BareProcessor.protectedMode(3).cpu;
        int access = Integer.parseInt(type, 16) | (big == 1 ? Segment.BIG : 0);
        cpu.seg[ES].set(0x13, 0x1000, Long.parseLong(limit, 16), access);
        try {
            long linear = cpu.linear(ES, Long.parseLong(offset, 16), size, write);
            assertThat(linear).isEqualTo(0x1000 + Long.parseLong(offset, 16) & 0xffff_ffffL);
            return "ok";
        } catch (Fault fault) {
            assertThat(fault.errorCode).isZero();
            return fault.vector == Fault.GP ? "GP" : "vector " + fault.vector;
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 13", "2, 12", "3, 13", "4, 13", "5, 13"})
    void theStackSegmentHasItsOwnFault(int segment, int vector) {
        X86Cpu cpu = BareProcessor.protectedMode(0).cpu;
        cpu.seg[segment].limit = 0xff;
        assertThat(catchThrowableOfType(Fault.class, () -> cpu.linear(segment, 0x100, 1, false)).vector)
                .isEqualTo(vector);
    }

    @ParameterizedTest(name = "real mode, offset {0}, {1} bytes -> {2}")
    @CsvSource({"ffff, 1, ok", "ffff, 2, GP", "fffe, 2, ok", "fffd, 4, GP", "10000, 1, GP"})
    void realModeHas64KLimits(String offset, int size, String outcome) {
        X86Cpu cpu = BareProcessor.real().cpu;
        String found;
        try {
            cpu.linear(ES, Long.parseLong(offset, 16), size, true);
            found = "ok";
        } catch (Fault fault) {
            found = fault.vector == Fault.GP ? "GP" : "vector " + fault.vector;
        }
        assertThat(found).isEqualTo(outcome);
    }
}
