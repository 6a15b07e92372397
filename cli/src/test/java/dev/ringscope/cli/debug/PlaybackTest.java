package dev.ringscope.cli.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Machine;
import dev.ringscope.emulator.x86.Registers;
import dev.ringscope.emulator.x86.Walk;
import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.gdbstub.Watchpoint;
import dev.ringscope.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Going backwards finds what going forwards met: on the demonstration guest, whose ring changes, faults and interrupts
 * make many moments of one position. Chunks and checkpoints are short, so that their ends are met often.
 */
class PlaybackTest {
    /** All that can be seen of a machine. */
    private record Seen(Moment moment, long pc, int registers, long memory) {}

    @TempDir
    static Path folder;

    private static TraceReader trace;
    /** Every moment of the recording, in order, as a playback that only steps forwards meets it. */
    private static List<Seen> all;
    /** Whether the step behind a moment attempts an instruction, rather than take an interrupt. */
    private static List<Boolean> attempts;

    @BeforeAll
    static void record() throws IOException {
        trace = TraceReader.open(ShortChunks.record(folder));
        walk();
    }

    private static void walk() throws IOException {
        Playback playback = new Playback(trace, new PhysicalStops(), new EventStops());
        all = new ArrayList<>();
        attempts = new ArrayList<>();
        all.add(see(playback));
        while (playback.machine().position() < trace.endPosition()) {
            attempts.add(playback.machine().step() != Machine.Step.INTERRUPTED);
            all.add(see(playback));
        }
        attempts.add(true);
    }

    private static Seen see(Playback playback) {
        Machine machine = playback.machine();
        CRC32C memory = new CRC32C();
        if (machine.position() % 16 == 0) { // all memory at each moment would take a minute
            memory.update(machine.memory().whole());
        }
        return new Seen(
                playback.now(),
                machine.cpu().pcLinear(),
                Arrays.hashCode(Registers.read(machine.cpu())),
                memory.getValue());
    }

    @AfterAll
    static void close() throws IOException {
        trace.close();
    }

    private static Resume to(Breakpoints breakpoints) {
        return new Resume(Map.of(), breakpoints, true, new Interrupt());
    }

    @Test
    void everyStepBackComesToTheMomentBefore() throws Exception {
        Playback playback = new Playback(trace, new PhysicalStops(), new EventStops());
        int last = Math.min(all.size() - 1, 8_000);
        playback.go(all.get(last).moment);
        for (int i = last - 1; i >= 0; i--) {
            assertThat(playback.stepBack()).isTrue();
            assertThat(see(playback)).isEqualTo(all.get(i));
        }
        assertThat(playback.stepBack()).isFalse();
    }

    @Test
    void anyMomentIsReachedFromAnyOther() throws Exception {
        Playback playback = new Playback(trace, new PhysicalStops(), new EventStops());
        Random random = new Random(1);
        for (int n = 0; n < 150; n++) {
            int i = random.nextInt(all.size());
            playback.go(all.get(i).moment);
            assertThat(see(playback)).isEqualTo(all.get(i));
            for (int k = 1; k <= random.nextInt(40) && i - k >= 0; k++) {
                playback.stepBack();
                assertThat(see(playback)).isEqualTo(all.get(i - k));
            }
        }
    }

    @Test
    void theLastBreakpointBeforeAMomentIsFound() throws Exception {
        Playback playback = new Playback(trace, new PhysicalStops(), new EventStops());
        Backwards backwards = new Backwards(playback);
        Random random = new Random(2);
        for (int n = 0; n < 100; n++) {
            int start = random.nextInt(all.size());
            while (n % 2 == 0 && all.get(start).moment.traps() == 0) {
                start = (start + 1) % all.size(); // behind an interrupt or a fault
            }
            long pc = all.get(random.nextInt(all.size())).pc;
            int expected = start - 1;
            while (expected >= 0 && !(all.get(expected).pc == pc && attempts.get(expected))) {
                expected--;
            }
            playback.go(all.get(start).moment);
            Stop stop = backwards.run(to(new Breakpoints(List.of(pc), List.of())));
            if (expected < 0) {
                assertThat(stop).isInstanceOf(Stop.ReplayLogBegin.class);
                expected = 0;
            } else {
                assertThat(stop).isEqualTo(new Stop.Breakpoint(MachineThread.ID, pc));
            }
            assertThat(see(playback)).as("from " + all.get(start)).isEqualTo(all.get(expected));
        }
    }

    @Test
    void theLastChangeOfWatchedBytesIsFound() throws Exception {
        Playback playback = new Playback(trace, new PhysicalStops(), new EventStops());
        Backwards backwards = new Backwards(playback);
        Random random = new Random(3);
        for (int n = 0; n < 25; n++) {
            int start = 1 + random.nextInt(all.size() - 1);
            playback.go(all.get(start).moment);
            long address = playback.machine().cpu().r[4] + 8 * (random.nextInt(8) - 4); // by the stack: frames
            Place present = look(playback, address);
            Stop stop = backwards.run(
                    to(new Breakpoints(List.of(), List.of(new Watchpoint(Watchpoint.Kind.WRITE, address, 8)))));
            int found = indexOf(playback.now());
            assertThat(see(playback)).isEqualTo(all.get(found));
            if (stop instanceof Stop.Watch) {
                playback.machine().step();
                found++;
            }
            assertUnchanged(playback, address, present);
            while (found < start) {
                playback.machine().step();
                found++;
                assertUnchanged(playback, address, present);
            }
        }
    }

    private static Resume step(boolean intoInterrupts, List<Watchpoint> watches) {
        return new Resume(
                Map.of(MachineThread.ID, Resume.Action.STEP),
                new Breakpoints(List.of(), watches),
                intoInterrupts,
                new Interrupt());
    }

    @Test
    void aStepBackTellsOfTheBytesThatTheStepForthTouched() throws Exception {
        Playback playback = new Playback(trace, new PhysicalStops(), new EventStops());
        Backwards backwards = new Backwards(playback);
        Random random = new Random(4);
        int told = 0;
        for (int n = 0; n < 300; n++) {
            int i = random.nextInt(n % 2 == 0 ? all.size() - 1 : 8_000); // the tasks, later, hardly touch a stack
            playback.go(all.get(i).moment);
            long stack = playback.machine().cpu().r[4];
            Resume how = step(true, List.of(new Watchpoint(Watchpoint.Kind.ACCESS, stack - 64, 128)));
            Stop forth = playback.runner().resume(how, trace.endPosition());
            assertThat(see(playback)).isEqualTo(all.get(i + 1));
            Stop back = backwards.step(how);
            assertThat(see(playback)).isEqualTo(all.get(i));
            assertThat(back).as("of the step from " + all.get(i)).isEqualTo(forth);
            told += back instanceof Stop.Watch ? 1 : 0;
        }
        assertThat(told).isBetween(20, 270);
    }

    @Test
    void stepsPassTheSameInterruptsInBothDirections() throws Exception {
        Playback playback = new Playback(trace, new PhysicalStops(), new EventStops());
        Backwards backwards = new Backwards(playback);
        int passed = 0;
        for (int i = 0; i < all.size() - 1 && passed < 8; i++) {
            if (attempts.get(i) || i + 1 < all.size() && !attempts.get(i + 1)) {
                continue;
            }
            playback.go(all.get(i - 5).moment);
            List<List<Long>> places = new ArrayList<>();
            boolean ended = false;
            for (int k = 0; k < 12; k++) {
                places.add(place(playback));
                Stop stop = playback.runner().resume(step(false, List.of()), trace.endPosition());
                ended |= !(stop instanceof Stop.StepDone);
            }
            if (ended) {
                continue; // a task that nobody returns to before the end
            }
            passed++;
            for (List<Long> expected : places.reversed()) {
                assertThat(backwards.step(step(false, List.of()))).isInstanceOf(Stop.StepDone.class);
                assertThat(place(playback))
                        .as("behind the interrupt at " + all.get(i))
                        .isEqualTo(expected);
            }
        }
        assertThat(passed).isGreaterThan(3);
    }

    /** All that the interrupted code sees of the processor. */
    private static List<Long> place(Playback playback) {
        return Arrays.stream(playback.machine().cpu().r)
                .boxed()
                .collect(() -> new ArrayList<>(List.of(playback.machine().cpu().pcLinear())), List::add, List::addAll);
    }

    private static int indexOf(Moment moment) {
        int low = 0;
        int high = all.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (all.get(middle).moment.before(moment)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Where an address leads, and what is there. */
    private record Place(long physical, long value) {}

    private static Place look(Playback playback, long address) {
        Walk walk = playback.machine().cpu().paging.walk(address);
        return new Place(
                walk.physical(), walk.mapped() ? playback.machine().memory().read(walk.physical(), 8) : 0);
    }

    private static void assertUnchanged(Playback playback, long address, Place present) {
        Place now = look(playback, address);
        if (now.physical == present.physical) {
            assertThat(now.value).isEqualTo(present.value);
        }
    }
}
