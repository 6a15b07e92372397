package dev.ringscope.trace.dataflow;

import java.util.LinkedHashSet;
import java.util.Set;

/** Shifts and rotations of general registers and memory by a count that is known: which bit comes from where. */
final class ShiftedBits {
    private static final long[] NOTHING = {};

    private final String name;
    private final int bits;
    private final int count;
    private final long[] value;
    private final long[] filler;
    private final long[] carry;

    /**
     * @param count as it is masked by the processor; not 0
     * @param value the bytes that are shifted
     * @param filler of SHLD and SHRD the bytes that come in, else none
     * @param carry the carry flag's location
     */
    ShiftedBits(String name, int count, long[] value, long[] filler, long[] carry) {
        this.name = name;
        bits = 8 * value.length;
        this.count = count;
        this.value = value;
        this.filler = filler;
        this.carry = carry;
    }

    /** The locations that a byte of the result has bits of. */
    long[] sources(int place) {
        Set<Long> found = new LinkedHashSet<>();
        for (int bit = 8 * place; bit < 8 * place + 8; bit++) {
            for (long location : bit(bit)) {
                found.add(location);
            }
        }
        return found.stream().mapToLong(Long::longValue).toArray();
    }

    private long[] bit(int bit) {
        return switch (name) {
            case "shl" -> of(value, bit - count);
            case "shr" -> of(value, bit + count);
            case "sar" -> of(value, Math.min(bit + count, bits - 1));
            case "rol" -> of(value, Math.floorMod(bit - count, bits));
            case "ror" -> of(value, Math.floorMod(bit + count, bits));
            case "rcl" -> throughCarry(Math.floorMod(bit - count, bits + 1));
            case "rcr" -> throughCarry(Math.floorMod(bit + count, bits + 1));
            case "shld" -> doubled(bit - count);
            case "shrd" -> doubled(bit + count);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static long[] of(long[] from, int bit) {
        return bit < 0 || bit >= 8 * from.length ? NOTHING : new long[] {from[bit / 8]};
    }

    private long[] throughCarry(int bit) {
        return bit == bits ? carry : of(value, bit);
    }

    /** Beyond either end of the value comes the filler, and behind that the value again. */
    private long[] doubled(int bit) {
        int place = Math.floorMod(bit, 2 * bits);
        return place < bits ? of(value, place) : of(filler, place - bits);
    }
}
