package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;
import sun.misc.SignalHandler;

class InterruptionTest {
    /** Else the handler would keep the machine of a run that has ended. */
    @Test
    void signalsDoAgainWhatTheyDidBefore() {
        Signal signal = new Signal("TERM"); // HUP and INT may be ignored from the start, by nohup and by shells
        SignalHandler ours = _ -> {};
        SignalHandler before = Signal.handle(signal, ours);
        AtomicInteger asked = new AtomicInteger();
        SignalHandler after;
        try (Interruption interruption = Interruption.handle(asked::incrementAndGet)) {
            assertThat(interruption.status()).isZero();
        } finally {
            after = Signal.handle(signal, before);
        }
        assertThat(after).isSameAs(ours);
        assertThat(asked).hasValue(0);
    }
}
