package dev.ringscope.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Machine;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.InstructionCursor;
import dev.ringscope.trace.RecordingOptions;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.format.AccessCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files whose blocks and chunks are cut differently, compared in pieces of any length, and instruction by instruction.
 */
class StoredDifferenceTest {
    private static final RecordingOptions OFTEN = Guests.options(Detail.MEMORY).withDistances(7_777, 30_000, 60_000);

    @TempDir
    Path folder;

    private TraceReader plain() throws IOException {
        return recorded("plain", Guests.options(Detail.MEMORY), _ -> {});
    }

    private TraceReader recorded(String name, RecordingOptions options, Consumer<Machine> before) throws IOException {
        return TraceReader.open(Guests.demonstration(folder.resolve(name + ".rst"), options, before));
    }

    /** What each position has, summed up; the last entry is for accesses at the end. */
    private static long[] sums(TraceReader trace, boolean accesses) throws IOException {
        long[] sums = new long[(int) trace.endPosition() + 1];
        InstructionCursor instruction = trace.instructions(0);
        while (instruction.next()) {
            sums[(int) instruction.position()] = Objects.hash(
                    instruction.address(), Arrays.hashCode(instruction.code()), instruction.ring(), instruction.mode());
        }
        for (int chunk = 0; accesses && chunk < trace.chunkCount(); chunk++) {
            AccessCursor a = trace.chunks().decode(chunk).accesses();
            while (a.next()) {
                int p = (int) a.position();
                sums[p] = 31 * sums[p] + Objects.hash(a.address(), a.size(), a.write(), a.value());
            }
        }
        return sums;
    }

    private static long firstDifference(long[] one, long[] other) {
        return Arrays.mismatch(one, other);
    }

    private static long inPieces(TraceReader one, TraceReader other, Random random, long from) throws IOException {
        StoredDifference difference = new StoredDifference(one, other, from, Asker.PATIENT);
        long end = Math.min(one.endPosition(), other.endPosition());
        for (long to = from; to < end; ) {
            to = Math.min(end, to + 1 + random.nextInt(1 << random.nextInt(1, 17)));
            long found = difference.next(to);
            if (found >= 0) {
                return found;
            }
            assertThat(difference.position()).isEqualTo(to);
        }
        return difference.next(Long.MAX_VALUE);
    }

    @Test
    void theSameRunDiffersNowhereHoweverItIsCut() throws IOException {
        Random random = new Random(1);
        try (TraceReader one = plain();
                TraceReader other = recorded("other", OFTEN, _ -> {})) {
            assertThat(firstDifference(sums(one, true), sums(other, true))).isEqualTo(-1);
            for (int n = 0; n < 8; n++) {
                long from = n == 0 ? 0 : random.nextLong(one.endPosition());
                assertThat(inPieces(one, other, random, from)).isEqualTo(-1);
            }
        }
    }

    @Test
    void aDifferenceIsFoundAtItsFirstInstruction() throws IOException {
        Random random = new Random(2);
        int found = 0;
        try (TraceReader one = plain()) {
            long[] expected = sums(one, true);
            for (int n = 0; n < 3; n++) {
                long changedAt = random.nextLong(one.endPosition());
                int register = random.nextInt(8);
                try (TraceReader other = recorded("changed" + n, OFTEN, machine -> {
                    machine.run(changedAt);
                    machine.cpu().r[register] ^= 0x10;
                })) {
                    long first = firstDifference(expected, sums(other, true));
                    assertThat(inPieces(one, other, random, 0)).isEqualTo(first);
                    found += first >= 0 ? 1 : 0;
                }
            }
        }
        assertThat(found).isPositive();
    }

    @Test
    void withoutAccessesInOneFileInstructionsAreCompared() throws IOException {
        Random random = new Random(3);
        try (TraceReader one = plain();
                TraceReader other = recorded("flow", Guests.options(Detail.FLOW), machine -> {
                    byte[] memory = machine.memory().whole();
                    machine.run(20_000);
                    Arrays.fill(memory, memory.length / 2, memory.length / 2 + 64, (byte) 0x55);
                    machine.cpu().r[3] ^= 1;
                })) {
            long first = firstDifference(sums(one, false), sums(other, false));
            assertThat(inPieces(one, other, random, 0)).isEqualTo(first);
        }
    }
}
