package dev.ringscope.trace.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.emulator.Event;
import dev.ringscope.trace.Detail;
import dev.ringscope.trace.Guests;
import dev.ringscope.trace.OutsideReader;
import dev.ringscope.trace.Timeline;
import dev.ringscope.trace.TraceReader;
import dev.ringscope.trace.query.Filter;
import dev.ringscope.trace.query.Instructions;
import dev.ringscope.trace.query.Recording;
import dev.ringscope.trace.query.Traps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client in another language, testdata/readers/grpc_client.py, gets what we read ourselves. */
class PythonClientTest {
    @TempDir
    Path folder;

    @Test
    void aPythonClientGetsWhatTheTraceHolds() throws Exception {
        Path file = Guests.demonstration(folder.resolve("demo.rst"), Detail.FLOW);
        try (ServedTrace served = new ServedTrace(file);
                TraceReader trace = TraceReader.open(file)) {
            String address = "127.0.0.1:" + served.server.address().getPort();

            String answers = OutsideReader.python("grpc_client.py", address);

            int batches = Integer.parseInt(answers.replaceAll("(?s).*\"batches\": (\\d+).*", "$1"));
            assertThat(batches).isGreaterThan(20);
            assertThat(answers).isEqualTo(expected(trace, batches));
        }
    }

    private static String expected(TraceReader trace, int batches) throws Exception {
        long end = trace.endPosition();
        long[] codeBytes = {0};
        Instructions.list(new Recording(trace), Filter.ALL, instruction -> {
            codeBytes[0] += instruction.code().length;
            return true;
        });
        List<Event.Trap> traps = new ArrayList<>();
        Traps.list(new Recording(trace), Filter.ALL, traps::add);
        Timeline timeline = new Timeline(trace, Detail.FLOW);
        timeline.seek(end);
        byte[] memory = Arrays.copyOfRange(timeline.machine().memory().whole(), 0x10_0000, 0x11_0000);
        return """
                {"name": "demo.rst", "end_position": %d, "batches": %d, "instructions": %d, "code_bytes": %d, "traps": %s, \
                "registers": {"rip": %s, "rsp": %s}, "memory": "%s", "refusal": ["OUT_OF_RANGE", \
                "position: position %d is beyond the trace's end at %d", true]}
                """.formatted(
                        end,
                        batches,
                        end,
                        codeBytes[0],
                        traps.stream()
                                .map(t -> "[%d, %d]".formatted(t.position(), t.vector()))
                                .collect(Collectors.joining(", ", "[", "]")),
                        Long.toUnsignedString(timeline.machine().cpu().pc),
                        Long.toUnsignedString(timeline.machine().cpu().r[4]),
                        HexFormat.of().formatHex(memory),
                        end + 1,
                        end);
    }
}
