package dev.ringscope.gdbstub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads: one per processor. */
@Timeout(60)
class TwoProcessorsTest {
    private final TwoProcessors machine = new TwoProcessors();
    private Served served;

    @BeforeEach
    void serve() throws IOException {
        served = new Served(machine);
    }

    @AfterEach
    void close() throws IOException {
        served.close();
    }

    @Test
    void are_listed() throws Exception {
        try (RawClient gdb = served.gdb()) {
            assertThat(gdb.ask("qfThreadInfo")).isEqualTo("mp1.1,p1.2");
            assertThat(gdb.ask("qXfer:threads:read::0,1000"))
                    .contains("<thread id=\"p1.2\" core=\"1\">CPU1 &lt;ring3 &amp; more&gt;</thread>");
            assertThat(gdb.ask("qSupported")).contains(";qXfer:siginfo:read+");
            gdb.ask("Hg2");
            assertThat(gdb.ask("qXfer:siginfo:read::0,100")).isEqualTo("l\u0005\u0000\u0000\u0001");
            assertThat(gdb.ask("p10")).isEqualTo("0020000000000000");
        }
    }

    @Test
    void are_resumed_each_by_the_leftmost_action_that_names_it() throws Exception {
        try (RawClient gdb = served.gdb()) {
            assertThat(gdb.ask("vCont;s:p1.2;c")).contains("thread:p1.2;core:1;", "10:0120000000000000;");
            assertThat(machine.lastResume.actions())
                    .containsEntry(2, Resume.Action.STEP)
                    .containsEntry(1, Resume.Action.CONTINUE);
            assertThat(gdb.ask("qC")).as("the one that stopped is current").isEqualTo("QCp1.2");
            gdb.ask("vCont;s:p1.1");
            assertThat(machine.lastResume.actions()).containsOnlyKeys(1);
            gdb.ask("Z0,2003,1");
            assertThat(gdb.ask("vCont;c:p1.-1")).contains("thread:p1.2;");
            assertThat(gdb.ask("vCont;c:p1.2")).as("it stands there").contains("thread:p1.2;");
            assertThat(gdb.ask("Hcp1.1")).isEqualTo("OK");
            assertThat(gdb.ask("s")).contains("thread:p1.1;");
            assertThat(machine.lastResume.actions()).containsOnlyKeys(1);
        }
    }

    @Test
    void have_registers_that_are_not_known() throws Exception {
        try (RawClient gdb = served.gdb()) {
            int cr2 = machine.description().register("cr2").number();
            assertThat(gdb.ask("p%x".formatted(cr2))).isEqualTo("x".repeat(16));
            assertThat(gdb.ask("g")).contains("x".repeat(16));
        }
    }

    @Test
    void are_shown_by_a_stock_gdb() throws Exception {
        String text = Gdb.script(
                "target remote " + served.endpoint(),
                "info threads",
                "thread 2",
                "stepi",
                "info registers cr2",
                "set $rax = 1",
                "p $_siginfo.si_signo");
        assertThat(text)
                .containsPattern("\\* 1 +Thread 1.1 \\(CPU0 <ring3 & more>\\) 0x0000000000001000")
                .containsPattern("  2 +Thread 1.2 \\(CPU1 <ring3 & more>\\) 0x0000000000002000")
                .contains("[Switching to thread 2 (Thread 1.2)]")
                .contains("0x0000000000002001 in ?? ()")
                .containsPattern("cr2 +<unavailable>")
                .contains("remote failure reply 'E.read-only'");
    }
}
