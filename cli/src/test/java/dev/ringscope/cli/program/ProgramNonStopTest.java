package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.cli.session.Mi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stock gdb in non-stop mode: it looks at one thread while the others run. */
class ProgramNonStopTest {
    @TempDir
    Path folder;

    @Test
    void aThreadStandsWhileTheOthersRun() throws Exception {
        Programs.compile(folder, "gdb_locking", "-O0");
        try (Served live = new Served(folder, "run", "--quiet", "--gdb", "0", "./gdb_locking");
                Mi mi = new Mi(folder)) {
            mi.send("-gdb-set mi-async on");
            mi.send("-gdb-set non-stop on");
            assertThat(mi.send("-target-select remote " + live.address())).startsWith("^connected");
            assertThat(mi.stopped()).contains("thread-id=\"1\"", "stopped-threads=[\"1\"]");

            mi.send("-break-insert -t -c \"x == 500\" leaf");
            mi.send("-exec-continue --all");
            assertThat(mi.stopped()).contains("reason=\"breakpoint-hit\"", "thread-id=\"1\"");
            assertThat(mi.send("-thread-info")).contains("state=\"stopped\"", "state=\"running\"");
            long second = turns(mi, 2);
            mi.send("-exec-finish --thread 1");
            assertThat(mi.stopped()).contains("gdb-result-var", "value=\"501\"", "thread-id=\"1\"");

            mi.send("-exec-interrupt --thread 2");
            assertThat(mi.stopped()).contains("signal-name=\"0\"", "thread-id=\"2\"");
            long standing = turns(mi, 1);
            assertThat(turns(mi, 2)).as("the third thread runs").isGreaterThan(second);
            mi.send("-exec-step --thread 1");
            assertThat(mi.stopped()).contains("reason=\"end-stepping-range\"", "thread-id=\"1\"");
            assertThat(turns(mi, 1)).as("the second thread stands").isEqualTo(standing);

            mi.send("-exec-continue --all");
            assertThat(mi.stopped()).contains("reason=\"exited\"", "exit-code=\"03\"");
            assertThat(live.output()).isEqualTo("0\n");
        }
    }

    /** What is found while others run: thread 1 is asked, for it stands. */
    private static long turns(Mi mi, int id) throws Exception {
        String answer = mi.send("-data-evaluate-expression --thread 1 turns[" + id + "]");
        return Long.parseLong(answer.replaceAll("\\^done,value=\"(.*)\"", "$1"));
    }
}
