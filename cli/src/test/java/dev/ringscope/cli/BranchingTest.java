package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.cli.debug.BranchingGuest;
import dev.ringscope.cli.debug.RecordedGuest;
import dev.ringscope.emulator.Event;
import dev.ringscope.gdbstub.Breakpoints;
import dev.ringscope.gdbstub.Interrupt;
import dev.ringscope.gdbstub.RefusedException;
import dev.ringscope.gdbstub.Resume;
import dev.ringscope.gdbstub.Stop;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Events;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Recording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recording's guest takes another course from the middle of the recording, in a recording of its own. */
class BranchingTest {
    private static final long POSITION = 9_472; // in ring 3
    private static final Resume STEP =
            new Resume(Map.of(1, Resume.Action.STEP), Breakpoints.NONE, true, new Interrupt());

    @TempDir
    Path folder;

    private Path old;
    private Path file;

    @BeforeEach
    void record() {
        old = folder.resolve("old.rst");
        file = folder.resolve("new.rst");
        assertThat(Cli.run("record", "--quiet", "--serial", "null", "-o", old.toString())
                        .status())
                .isZero();
    }

    @Test
    void theBranchIsChangedAndTheOldRecordingIsNot() throws Exception {
        byte[] before = Files.readAllBytes(old);
        try (TraceReader trace = TraceReader.open(old);
                BranchingGuest guest = new BranchingGuest(new RecordedGuest(trace, POSITION), RecordCommand::options)) {
            assertThatThrownBy(guest::checkWritable).isInstanceOf(RefusedException.class);
            guest.branch(file);
            guest.checkWritable();
            guest.machine().writeRegisterFromDebugger("rbx", 0x1234);
            for (int i = 0; i < 3; i++) {
                assertThat(guest.forwards(STEP)).isInstanceOf(Stop.StepDone.class);
            }
            assertThat(guest.machine().position()).isGreaterThan(POSITION);
            guest.backwards(STEP);
            assertThatThrownBy(guest::checkWritable).hasMessageContaining("past");
            while (guest.machine().position() < guest.end()) {
                guest.forwards(STEP);
            }
            assertThat(guest.machine().cpu().r[3]).isEqualTo(0x1234);
        }
        assertThat(Files.readAllBytes(old)).isEqualTo(before);
        assertThat(Cli.run("verify", file.toString()).status()).isZero();
        assertThat(events(file)).startsWith(events(old).toArray(Event[]::new));
    }

    /** What happened before the branch. */
    private static List<Event> events(Path file) throws IOException {
        List<Event> events = new ArrayList<>();
        try (Recording trace = Recording.open(file)) {
            Events.list(
                    trace,
                    EnumSet.of(Events.Kind.RING_CHANGE, Events.Kind.TRAP, Events.Kind.TABLE_UPDATE),
                    Filter.ALL,
                    event -> event.position() >= POSITION || events.add(event));
        }
        return events;
    }

    @Test
    void aFileThatIsThereIsNotOverwritten() throws Exception {
        Files.writeString(file, "mine");
        try (TraceReader trace = TraceReader.open(old);
                BranchingGuest guest = new BranchingGuest(new RecordedGuest(trace, POSITION), RecordCommand::options)) {
            assertThatThrownBy(() -> guest.branch(file))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("not overwritten");
        }
        assertThat(file).hasContent("mine");
    }
}
