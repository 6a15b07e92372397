package dev.ringscope.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutsideTest {
    private static final byte[] ANSWER = {7, 0, 0, 0, 0, 0, 0, 0, 1, 2};

    private final List<String> told = new ArrayList<>();
    private final Outside recorded =
            Outside.recorded((source, data) -> told.add(source + " " + data[0] + " " + data.length));

    private byte[] ask(long key) {
        return recorded.ask("disk0", key, () -> {
            throw new AssertionError("a recorded world asks nobody");
        });
    }

    @Test
    void aRecordedAnswerIsGivenAgain() {
        recorded.learn("disk0", ANSWER);
        assertThat(ask(7)).containsExactly(1, 2);
        assertThat(told).isEmpty();
        assertThatThrownBy(() -> ask(8)).hasMessageContaining("no answer for disk0, question 8");
    }

    @Test
    void anAnswerThatIsUntoldIsAnInputOnceItIsAskedFor() {
        recorded.learn("disk0", ANSWER);
        recorded.untold("disk0", ANSWER);
        assertThat(told).isEmpty();
        ask(7);
        ask(7);
        assertThat(told).containsExactly("disk0 7 10");
        recorded.untold("disk0", ANSWER);
        recorded.allTold();
        ask(7);
        assertThat(told).hasSize(1);
    }
}
