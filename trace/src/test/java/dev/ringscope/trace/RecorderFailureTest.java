package dev.ringscope.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong while recording reaches the guest's thread, and leaves what was recorded. */
class RecorderFailureTest {
    @TempDir
    Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsTold() {
        RecordingOptions options = RoundTripTest.options(Detail.FLOW).withOverwrite(true);
        assertThatThrownBy(() -> new TraceRecorder(Path.of("/dev/full"), FakeMachine.description(), options))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/dev/full: writing failed at byte 0 (No space left on device)");
    }

    @Test
    void aMissingFolderIsTold() {
        Path file = folder.resolve("missing").resolve("a.rst");
        assertThatThrownBy(() -> new TraceRecorder(file, FakeMachine.description(), RoundTripTest.options(Detail.FLOW)))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void whatFailsOnTheEncodersThreadSurfacesOnTheGuests() throws IOException {
        Path file = folder.resolve("a.rst");
        TraceRecorder recorder = new TraceRecorder(file, FakeMachine.description(), RoundTripTest.options(Detail.FLOW));
        SyntheticRun run = new SyntheticRun(1, recorder).run(1200);
        recorder.flush();
        recorder.event(
                new Event.Trap(run.machine.position, Event.Cause.EXCEPTION, 6, -1, 0, 8, 0, "NO_SUCH_REASON", 0));
        assertThatThrownBy(() -> {
                    recorder.chunkEnd(run.machine);
                    recorder.flush();
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("NO_SUCH_REASON");
        recorder.abandon();
        try (TraceReader trace = TraceReader.open(file)) {
            assertThat(trace.endPosition()).isEqualTo(1000);
            assertThat(trace.damage()).contains("was not closed");
        }
        assertThat(Files.size(file)).isPositive();
    }
}
