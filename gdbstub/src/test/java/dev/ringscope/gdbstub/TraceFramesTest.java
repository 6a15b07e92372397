package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A recording's positions as the trace frames of gdb's {@code tfind}. */
@Timeout(60)
class TraceFramesTest {
    /** nop; inc rax; mov [rdi], rax; mov rbx, [rdi]; jmp to the inc: four instructions a round, after the first. */
    private final FakeRecording recording =
            new FakeRecording(1000, 0x90, 0x48, 0xff, 0xc0, 0x48, 0x89, 0x07, 0x48, 0x8b, 0x1f, 0xeb, 0xf5);

    private Served served;
    private RawClient gdb;

    @BeforeEach
    void connect() throws IOException {
        recording.set("rdi", FakeMachine.BASE + 0x100);
        served = new Served(recording);
        gdb = served.gdb();
    }

    @AfterEach
    void disconnect() throws IOException {
        gdb.close();
        served.close();
    }

    @Test
    void are_as_many_as_instructions_and_one() throws IOException {
        assertThat(gdb.ask("qTStatus"))
                .startsWith("T0;tstop:")
                .contains(";tframes:3e9;tcreated:3e9;")
                .endsWith("notes:"
                        + HexFormat.of()
                                .formatHex("a recording of 1000 instructions; frame N is position N".getBytes()));
        assertThat(gdb.ask("qTfP")).isEqualTo("l");
        assertThat(gdb.ask("qTsP")).isEqualTo("l");
        assertThat(gdb.ask("qTfV")).isEqualTo("1:0:1:706f736974696f6e");
        assertThat(gdb.ask("qTsV")).isEqualTo("l");
    }

    @Test
    void are_found_by_number() throws IOException {
        assertThat(gdb.ask("QTFrame:3e8")).isEqualTo("F3e8");
        assertThat(gdb.ask("QTFrame:3e9")).as("behind the end").isEqualTo("F-1");
        assertThat(recording.position()).isEqualTo(1000);
        assertThat(gdb.ask("QTFrame:0")).isEqualTo("F0");
        assertThat(gdb.ask("QTFrame:2")).isEqualTo("F2");
        assertThat(gdb.ask("p0")).isEqualTo("0100000000000000");
        assertThat(gdb.ask("qTV:1")).isEqualTo("V2");
        assertThat(gdb.ask("qTV:2")).isEqualTo("U");
        assertThat(gdb.ask("QTFrame:80000000")).isEqualTo("F-1");
        assertThat(gdb.ask("QTFrame:x")).startsWith("E.");
    }

    @Test
    void are_found_by_pc_behind_the_present_one() throws IOException {
        assertThat(gdb.ask("QTFrame:pc:10001")).isEqualTo("F1");
        assertThat(gdb.ask("QTFrame:pc:10001")).isEqualTo("F5");
        assertThat(gdb.ask("QTFrame:range:10004:10007")).isEqualTo("F6");
        assertThat(gdb.ask("QTFrame:range:10004:10007")).isEqualTo("F7");
        assertThat(gdb.ask("QTFrame:range:10004:10007")).isEqualTo("Fa");
        assertThat(gdb.ask("QTFrame:outside:10001:10009")).isEqualTo("Fc");
        assertThat(gdb.ask("QTFrame:pc:10000")).as("only at the beginning").isEqualTo("F-1");
        assertThat(recording.position()).isEqualTo(12);
        assertThat(gdb.ask("QTFrame:tdp:1")).isEqualTo("F-1");
    }

    @Test
    void are_left_again_to_where_the_target_stood() throws Exception {
        gdb.ask("s");
        gdb.ask("s");
        gdb.ask("QTFrame:64");
        assertThat(gdb.ask("s")).isEqualTo("E.a trace frame is selected: 'tfind none' first");
        gdb.ask("QTFrame:65");
        assertThat(gdb.ask("QTFrame:ffffffff")).isEqualTo("F-1");
        assertThat(recording.position()).isEqualTo(2);
        assertThat(gdb.ask("s")).startsWith("T05");
        assertThat(gdb.ask("QTFrame:pc:99")).isEqualTo("F-1");
        assertThat(gdb.ask("s")).as("nothing was selected").startsWith("T05");
        gdb.ask("QTFrame:64");
        gdb.finish();
        try (RawClient next = served.gdb()) {
            assertThat(next.ask("qTV:1")).as("another client").isEqualTo("V4");
        }
    }

    @Test
    void can_begin_anywhere_for_gdb_counts_them_with_31_bits() throws IOException {
        assertThat(monitor("frame-base 1001"))
                .isEqualTo("frame-base: position 1001 is behind the recording's end at 1000\n");
        assertThat(monitor("frame-base x")).isEqualTo("frame-base: expected a position, not 'x'\n");
        assertThat(monitor("frame-base 10")).isEqualTo("frame 0 is position 10\n");
        assertThat(gdb.ask("qTStatus")).contains(";tframes:3df;");
        assertThat(gdb.ask("QTFrame:pc:10001")).startsWith("E.position 1 cannot be a frame number");
        assertThat(recording.position()).as("nothing has moved").isZero();
        assertThat(gdb.ask("QTFrame:0")).isEqualTo("F0");
        assertThat(recording.position()).isEqualTo(10);
        assertThat(gdb.ask("QTFrame:pc:10001")).isEqualTo("F3");
    }

    @Test
    void are_not_offered_without_a_recording() throws IOException {
        try (Served live = new Served(new FakeMachine(0x90));
                RawClient raw = live.gdb()) {
            for (String packet : new String[] {"qTStatus", "QTFrame:0", "qTfP", "qTsP", "qTfV", "qTsV", "qTV:1"}) {
                assertThat(raw.ask(packet)).as(packet).isEmpty();
            }
        }
    }

    @Test
    void are_gone_through_by_a_stock_gdb() throws Exception {
        gdb.leave();
        String text = Gdb.script(
                "target remote " + served.endpoint(),
                "stepi",
                "tstatus",
                "tfind 100",
                "p $rax",
                "p $position",
                "tfind",
                "p $pc",
                "tfind -",
                "tfind pc 0x10004",
                "p $trace_frame",
                "x/i $pc",
                "tfind range 0x10001, 0x10003",
                "p $position",
                "tfind outside 0x10001, 0x10004",
                "x/i $pc",
                "tfind start",
                "p $rax",
                "tfind end",
                "p $position",
                "reverse-stepi",
                "p $position");
        assertThat(text)
                .contains("Trace stopped by a tstop command (end of the recording).")
                .contains("Collected 1001 trace frames.", "Trace notes: a recording of 1000 instructions;")
                .contains("Not looking at any trace frame.")
                .contains("Found trace frame 100, tracepoint -1", "$1 = 25", "$2 = 100")
                .contains("Found trace frame 101", "$3 = (void (*)()) 0x10001")
                .contains("Found trace frame 102", "$4 = 102", "=> 0x10004:\tmov    %rax,(%rdi)")
                .contains("Found trace frame 105", "$5 = 105")
                .contains("Found trace frame 107", "=> 0x10007:\tmov    (%rdi),%rbx")
                .contains("Found trace frame 0", "$6 = 0")
                .contains("No longer looking at any trace frame", "$7 = 1")
                .contains("$8 = 0");
    }

    private String monitor(String command) throws IOException {
        gdb.send("qRcmd," + HexFormat.of().formatHex(command.getBytes()));
        String text = gdb.answer().substring(1);
        assertThat(gdb.answer()).isEqualTo("OK");
        return new String(HexFormat.of().parseHex(text));
    }
}
