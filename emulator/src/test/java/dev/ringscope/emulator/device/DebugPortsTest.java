package dev.ringscope.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.memory.Ports;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DebugPortsTest {
    private final Ports ports = new Ports();

    @Test
    void debugExitMakesAnOddStatusOfWhatIsWritten() {
        List<Integer> statuses = new ArrayList<>();
        new DebugExit(DebugExit.DEFAULT_PORT, statuses::add).claimPorts(ports);
        ports.write(0xf4, 1, 0);
        ports.write(0xf4, 1, 0x10);
        ports.write(0xf4, 4, 0x31);
        assertThat(statuses).containsExactly(1, 0x21, 0x63);
        assertThat(ports.read(0xf4, 1)).isZero();
    }

    @Test
    void debugConsoleIsRecognisedByItsValueAndPassesBytesOn() {
        StringBuilder out = new StringBuilder();
        new DebugConsole(DebugConsole.DEFAULT_PORT, value -> out.append((char) value)).claimPorts(ports);
        assertThat(ports.read(0xe9, 1)).isEqualTo(0xe9);
        ports.write(0xe9, 1, 'h');
        ports.write(0xe9, 1, 'i');
        assertThat(out).hasToString("hi");
    }

    @Test
    void unclaimedPortsReadAsOnes() {
        assertThat(ports.read(0xcf8, 4)).isEqualTo(-1);
        assertThat(ports.read(0xcfc, 1)).isEqualTo(0xff);
    }
}
