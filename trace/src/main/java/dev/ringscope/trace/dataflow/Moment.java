package dev.ringscope.trace.dataflow;

import dev.ringscope.emulator.insn.Instruction;
import java.util.ArrayList;
import java.util.List;

/** One step of the machine, and what it touched. */
final class Moment {
    /** What a step was. */
    enum Kind {
        INSTRUCTION,
        /** An instruction that raised an exception, or INT n: it did part of its work at most. */
        TRAP,
        /** An interrupt's delivery; a string instruction that it interrupted has done part of its work. */
        INTERRUPT
    }

    /**
     * An access to data.
     *
     * @param bytes physical locations
     * @param device it was no memory
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Touched(long linear, long[] bytes, boolean write, boolean device, long value) {}

    /** Instructions retired before it. */
    long position;

    Kind kind = Kind.INSTRUCTION;
    /** Linear address of the instruction. */
    long pc;

    byte[] code = {};
    /** Null if it could not be read. */
    Instruction instruction;

    int ring;
    long root;
    final long[] before = new long[16];
    final long[] after = new long[16];
    int flagsBefore;
    int flagsAfter;
    /** Physical number of ST(0), before and after. */
    int top;

    int topAfter;
    /** XMM registers in front of an instruction whose data decide which data it moves; else empty. */
    long[] xmm = {};
    /** Base of the segment that such an instruction writes to. */
    long dataBase;

    long taskBase;
    long taskLimit;
    final List<Touched> accesses = new ArrayList<>();
    /** What others than the processor did meanwhile. */
    final List<Flow> others = new ArrayList<>();

    List<Touched> reads() {
        return accesses.stream().filter(a -> !a.write).toList();
    }

    List<Touched> writes() {
        return accesses.stream().filter(Touched::write).toList();
    }

    /** The bytes of accesses, in order, each once. */
    static long[] bytes(List<Touched> accesses) {
        return accesses.stream()
                .flatMapToLong(a -> java.util.Arrays.stream(a.bytes))
                .distinct()
                .toArray();
    }

    /** All bytes that were read. */
    long[] read() {
        return bytes(reads());
    }

    /** All bytes that were written. */
    long[] written() {
        return bytes(writes());
    }
}
