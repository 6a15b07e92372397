package dev.ringscope.trace.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringscope.emulator.Event;
import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.x86.Reason;
import dev.ringscope.proto.trace.v1.X86Reason;
import dev.ringscope.trace.TraceFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the emulator can say has a number in the schema, and comes back as it was. */
class EventNamesTest {
    private static final Place PLACE = new Place("file", 7, "");

    @ParameterizedTest
    @EnumSource(Reason.class)
    void reasonsComeBack(Reason reason) {
        String name = reason == Reason.NONE ? "" : reason.name();
        assertThat(EventNames.reason(PLACE, X86Reason.forNumber(EventNames.reason(reason.name()))))
                .isEqualTo(name);
    }

    @ParameterizedTest
    @EnumSource(Event.Cause.class)
    void causesComeBack(Event.Cause cause) {
        assertThat(EventNames.CAUSES.from(PLACE, EventNames.CAUSES.to(cause), "a cause"))
                .isEqualTo(cause);
    }

    @ParameterizedTest
    @EnumSource(Event.Mode.class)
    void modesComeBack(Event.Mode mode) {
        assertThat(EventNames.MODES.from(PLACE, EventNames.MODES.to(mode), "a mode"))
                .isEqualTo(mode);
    }

    @ParameterizedTest
    @EnumSource(StopReason.class)
    void stopReasonsComeBack(StopReason reason) {
        assertThat(EventNames.STOPS.from(PLACE, EventNames.STOPS.to(reason), "a reason"))
                .isEqualTo(reason);
    }

    @Test
    void aNumberThatNothingHasIsRefused() {
        assertThatThrownBy(() ->
                        EventNames.CAUSES.from(PLACE, dev.ringscope.proto.trace.v1.Cause.CAUSE_UNSPECIFIED, "a cause"))
                .isInstanceOf(TraceFormatException.class)
                .hasMessage("file: offset 7: expected a cause that this version knows, found CAUSE_UNSPECIFIED");
    }
}
