package dev.ringscope.emulator.x86.fpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The host's own floating-point unit, driven through src/test/native/fpu_oracle.c, whose head documents both files. */
public final class HostFpu {
    private static final int CASE_BYTES = 48;
    private static final int RESULT_BYTES = 64;

    /**
     * A 16-byte operand; as a tbyte the low word is the significand and bits 15:0 of the high word are sign and
     * exponent.
     */
    public record Operand(long low, long high) {
        public static Operand float80(int se, long significand) {
            return new Operand(significand, se);
        }

        public int se() {
            return (int) high & 0xffff;
        }

        @Override
        public String toString() {
            return "%04x:%016x".formatted(high, low);
        }
    }

    record Case(int control, Operand a, Operand b) {
        @Override
        public String toString() {
            return "control %04x a %s b %s".formatted(control, a, b);
        }
    }

    record Result(int status, int tag, boolean signalled, long rax, Operand r0, Operand r1, Operand memory) {}

    private HostFpu() {}

    static List<Result> x87(String code, List<Case> cases) {
        return run(0, code, cases);
    }

    static List<Result> sse(String code, List<Case> cases) {
        return run(1, code, cases);
    }

    private static List<Result> run(int kind, String hex, List<Case> cases) {
        byte[] code = HexFormat.of().parseHex(hex.replace(" ", ""));
        ByteBuffer in = ByteBuffer.allocate(28 + cases.size() * CASE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        in.putInt(kind).putInt(code.length).put(code).position(24);
        in.putInt(cases.size());
        for (Case c : cases) {
            in.putInt(c.control).putInt(0).putLong(0);
            in.putLong(c.a.low).putLong(c.a.high).putLong(c.b.low).putLong(c.b.high);
        }
        ByteBuffer out =
                ByteBuffer.wrap(NativeOracle.run("fpu_oracle", in.array())).order(ByteOrder.LITTLE_ENDIAN);
        if (out.capacity() != cases.size() * RESULT_BYTES) {
            throw new IllegalStateException("fpu_oracle answered " + out.capacity() + " bytes to " + cases.size());
        }
        List<Result> results = new ArrayList<>(cases.size());
        for (int i = 0; i < cases.size(); i++) {
            results.add(new Result(
                    out.getInt(),
                    out.getShort() & 0xffff,
                    out.getShort() != 0,
                    out.getLong(),
                    operand(out),
                    operand(out),
                    operand(out)));
        }
        return results;
    }

    private static Operand operand(ByteBuffer out) {
        return new Operand(out.getLong(), out.getLong());
    }
}
