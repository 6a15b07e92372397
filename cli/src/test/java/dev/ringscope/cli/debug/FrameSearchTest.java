package dev.ringscope.cli.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Machine;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.TraceFrames.PcSearch;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tfind pc}, {@code range} and {@code outside}: what a plain walk finds, and few chunks read for it. */
class FrameSearchTest {
    /** An instruction that was attempted: from which position, and where. */
    private record Attempt(long position, long pc) {}

    @TempDir
    static Path folder;

    private static TraceReader trace;
    private static List<Attempt> attempts;

    @BeforeAll
    static void walk() throws IOException {
        trace = TraceReader.open(ShortChunks.record(folder));
        attempts = new ArrayList<>();
        Machine machine = new Playback(trace, new PhysicalStops(), new EventStops()).machine();
        while (machine.position() < trace.endPosition()) {
            Attempt next = new Attempt(machine.position(), machine.cpu().pcLinear());
            if (machine.step() != Machine.Step.INTERRUPTED) {
                attempts.add(next);
            }
        }
    }

    @AfterAll
    static void close() throws IOException {
        trace.close();
    }

    private static List<Attempt> behind(RecordedGuest guest, PcSearch search) {
        Machine machine = guest.machine();
        Attempt here = new Attempt(machine.position(), machine.cpu().pcLinear());
        return attempts.stream()
                .filter(a -> a.position >= here.position && !a.equals(here) && search.matches(a.pc))
                .limit(1)
                .toList();
    }

    private static void assertFinds(RecordedGuest guest, RecordedFrames frames, PcSearch search) throws Exception {
        long start = frames.position();
        List<Attempt> expected = behind(guest, search);
        boolean found = frames.find(search, new Interrupt());
        assertThat(found).as("%s from %d", search, start).isEqualTo(!expected.isEmpty());
        if (found) {
            assertThat(new Attempt(frames.position(), guest.machine().cpu().pcLinear()))
                    .as("%s from %d", search, start)
                    .isEqualTo(expected.getFirst());
        } else {
            assertThat(frames.position()).isEqualTo(start);
        }
    }

    @Test
    void theNextAttemptIsFoundFromAnywhere() throws Exception {
        RecordedGuest guest = new RecordedGuest(trace, 0);
        RecordedFrames frames = new RecordedFrames(guest);
        Random random = new Random(1);
        for (int n = 0; n < 150; n++) {
            guest.seek(random.nextLong(trace.endPosition()));
            long pc = attempts.get(random.nextInt(attempts.size())).pc;
            PcSearch search = switch (n % 3) {
                case 0 -> PcSearch.at(pc);
                case 1 -> new PcSearch(pc, pc + random.nextInt(64), true);
                default -> new PcSearch(pc & -4096L, pc | 4095L, false);
            };
            assertFinds(guest, frames, search);
            assertFinds(guest, frames, search); // and the one after it
        }
    }

    @Test
    void onlyChunksThatExecutedThePageAreRead() throws Exception {
        RecordedGuest guest = new RecordedGuest(trace, 0);
        RecordedFrames frames = new RecordedFrames(guest);
        long last = attempts.stream().mapToLong(Attempt::pc).max().orElseThrow(); // in ring 3
        assertFinds(guest, frames, PcSearch.at(last));
        long chunks = attempts.stream()
                .filter(a -> a.pc >>> 12 == last >>> 12 && a.position <= frames.position())
                .mapToInt(a -> trace.map().chunkAt(a.position))
                .distinct()
                .count();
        assertThat(frames.chunksRead()).isPositive().isLessThanOrEqualTo((int) chunks);
        assertThat(trace.map().chunkAt(frames.position())).isGreaterThan((int) chunks);
    }

    @Test
    void whereNothingCanBeNothingIsRead() throws Exception {
        RecordedGuest guest = new RecordedGuest(trace, 0);
        RecordedFrames frames = new RecordedFrames(guest);
        for (PcSearch search : List.of(
                PcSearch.at(0x12345678),
                new PcSearch(0xffff_8000_0000_0000L, -1, true),
                new PcSearch(0, -1, false),
                new PcSearch(0, 0xffff_ffffL, false))) {
            assertFinds(guest, frames, search);
            assertThat(frames.chunksRead()).as("%s", search).isZero();
        }
        assertThat(trace.chunkCount()).isGreaterThan(100);
    }

    @Test
    void anInterruptEndsItWhereItBegan() throws Exception {
        RecordedGuest guest = new RecordedGuest(trace, 5_000);
        Interrupt interrupt = new Interrupt();
        interrupt.request();
        assertThat(new RecordedFrames(guest).find(PcSearch.at(attempts.getLast().pc), interrupt))
                .isFalse();
        assertThat(guest.machine().position()).isEqualTo(5_000);
    }
}
