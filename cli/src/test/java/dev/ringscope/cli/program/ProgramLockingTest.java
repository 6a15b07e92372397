package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.cli.session.Mi;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only the threads that gdb resumes run; who waits is interrupted; a signal goes to the thread that gdb names. */
class ProgramLockingTest {
    @TempDir
    Path folder;

    @BeforeEach
    void compile() throws Exception {
        Programs.compile(folder, "gdb_locking", "-O0");
    }

    @Test
    void threadsThatAreNotResumedStandStill() throws Exception {
        Path trace = folder.resolve("locking.rst");
        try (Served live =
                        new Served(folder, "record", "--quiet", "-o", trace.toString(), "--gdb", "0", "./gdb_locking");
                Mi mi = connected(live)) {
            goTo(mi, "-c \"x == 500\" leaf");
            mi.send("-gdb-set scheduler-locking on");
            String first = value(mi, "turns[1]");
            String second = value(mi, "turns[2]");

            assertThat(goTo(mi, "-c \"x == 900\" leaf")).contains("thread-id=\"1\"");
            assertThat(value(mi, "turns[1]")).isEqualTo(first);

            mi.send("-thread-select 2");
            assertThat(goTo(mi, "-c \"turns[1] == 5000\" turn")).contains("thread-id=\"2\"");
            assertThat(value(mi, "turns[2]")).isEqualTo(second);

            mi.send("-thread-select 1");
            assertThat(go(mi, "-exec-finish")).contains("gdb-result-var", "value=\"901\"", "thread-id=\"1\"");
            assertThat(value(mi, "turns[1]")).isEqualTo("5000");
            assertThat(value(mi, "turns[2]")).isEqualTo(second);

            mi.send("-gdb-set scheduler-locking off");
            mi.send("-thread-select 3");
            mi.send("-interpreter-exec console \"signal SIGUSR1\"");
            assertThat(mi.stopped()).contains("func=\"_exit\""); // it is recorded: it could go back
            assertThat(go(mi, "-exec-continue")).contains("reason=\"exited\"", "exit-code=\"03\"");
            assertThat(live.output()).isEqualTo("1\n");
        }
        try (Served replay = new Served("gdb", "--listen", "0", trace.toString());
                Mi mi = connected(replay)) {
            assertThat(goTo(mi, "-c \"turns[1] == 5000\" turn")).contains("thread-id=\"2\"");
        }
    }

    @Test
    void aThreadThatWaitsForWhatIsHeldWaitsUntilItIsInterrupted() throws Exception {
        try (Served live = new Served(
                        "run",
                        "--quiet",
                        "--gdb",
                        "0",
                        folder.resolve("gdb_locking").toString());
                Mi mi = connected(live)) {
            goTo(mi, "-c \"x == 500\" leaf");
            mi.send("-gdb-set scheduler-locking on");
            mi.send("-thread-select 2");
            mi.send("-gdb-set var go=1");
            goTo(mi, "pthread_mutex_lock");

            assertThat(mi.send("-exec-continue")).startsWith("^running");
            assertThat(mi.send("-exec-interrupt")).startsWith("^done");
            assertThat(mi.stopped()).contains("signal-name=\"SIGINT\"", "thread-id=\"2\"");

            mi.send("-gdb-set scheduler-locking off");
            assertThat(go(mi, "-exec-continue")).contains("exit-code=\"03\"");
        }
    }

    @Test
    void aThreadThatWaitsInASystemCallCanBeMadeToCallAFunctionAndWaitsAgain() throws Exception {
        try (Served live = new Served(
                "run", "--quiet", "--gdb", "0", folder.resolve("gdb_locking").toString())) {
            String said = Gdb.run(
                    live.address(),
                    List.of(
                            "tbreak pthread_mutex_unlock if $_thread == 2",
                            "continue",
                            "thread 1",
                            "print $rax",
                            "print $orig_rax",
                            "print leaf(41)",
                            "print $rax",
                            "print $orig_rax",
                            "print leaf(1)",
                            "continue"));
            assertThat(said)
                    .containsSubsequence("$1 = -512", "$2 = 202", "$3 = 42", "$4 = -512", "$5 = 202", "$6 = 2")
                    .contains("exited with code 03");
            assertThat(live.output()).isEqualTo("0\n");
        }
    }

    @Test
    void whenTheOnlyThreadThatMayRunEndsGdbIsTold() throws Exception {
        try (Served live = new Served(
                "run", "--quiet", "--gdb", "0", folder.resolve("gdb_locking").toString())) {
            String said = Gdb.run(
                    live.address(),
                    List.of(
                            "tbreak pthread_join",
                            "continue",
                            "set scheduler-locking on",
                            "thread 2",
                            "continue",
                            "thread 1",
                            "set scheduler-locking off",
                            "continue"));
            assertThat(said).containsSubsequence("No unwaited-for children left.", "exited with code 03");
        }
    }

    @Test
    void aReadOfStandardInputIsInterruptedAndGoesOn() throws Exception {
        try (Served live = Served.listening(
                        "run",
                        "--quiet",
                        "--gdb",
                        "0",
                        folder.resolve("gdb_locking").toString(),
                        "wait");
                Mi mi = connected(live)) {
            goTo(mi, "read");
            assertThat(mi.send("-exec-continue")).startsWith("^running");
            assertThat(mi.send("-exec-interrupt")).startsWith("^done");
            assertThat(mi.stopped()).contains("signal-name=\"SIGINT\"", "func=\"read\"");
            assertThat(mi.send("-stack-list-frames")).contains("func=\"read\"", "func=\"main\"");

            live.type("x");
            assertThat(go(mi, "-exec-continue")).contains("exit-code=\"03\"");
        }
    }

    private Mi connected(Served served) throws IOException {
        Mi mi = new Mi(folder);
        mi.send("-gdb-set mi-async on");
        assertThat(mi.send("-target-select remote " + served.address())).startsWith("^connected");
        mi.stopped();
        return mi;
    }

    /** Continues to a temporary breakpoint there; gives the record of the stop. */
    private static String goTo(Mi mi, String place) throws IOException {
        assertThat(mi.send("-break-insert -t " + place)).startsWith("^done");
        String stopped = go(mi, "-exec-continue");
        assertThat(stopped).contains("reason=\"breakpoint-hit\"");
        return stopped;
    }

    private static String go(Mi mi, String command) throws IOException {
        assertThat(mi.send(command)).startsWith("^running");
        return mi.stopped();
    }

    private static String value(Mi mi, String expression) throws IOException {
        String answer = mi.send("-data-evaluate-expression " + expression);
        return answer.replaceAll("^\\^done,value=\"(.*)\"$", "$1");
    }
}
