package dev.ringscope.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program's recording forwards and backwards: ring 3 alone, and the same states on both ways. */
class ProgramBackwardsTest {
    private static final String STATE = "info all-registers\ninfo registers fs_base gs_base orig_rax";

    private static final String SHOW_STATE = "echo <state>\\n\n" + STATE + "\necho </state>\\n";

    private static final Pattern MARKED = Pattern.compile("<state>\n(.*?)</state>\n", Pattern.DOTALL);

    @TempDir
    Path folder;

    private String backwards(String name, String option) throws Exception {
        Path trace = Programs.record(folder, Programs.compile(folder, "gdb_tour", option));
        Transcript transcript = Transcript.named(name);
        try (Served replay = new Served("gdb", "--listen", "0", trace.toString())) {
            String address = replay.address();
            String shown = transcript.remotely(address);
            transcript.keep(shown);
            assertThat(shown).isEqualTo(transcript.expected());
            return goBack(address);
        }
    }

    /** Straight from the beginning to the end and back, in one session that is new. */
    private String goBack(String address) throws Exception {
        return Gdb.script(
                folder,
                address,
                List.of(
                        SHOW_STATE,
                        "handle SIGUSR1 nostop noprint pass",
                        "continue",
                        "reverse-continue",
                        "reverse-stepi",
                        SHOW_STATE));
    }

    private static List<String> states(String said) {
        List<String> found = new ArrayList<>();
        Matcher matcher = MARKED.matcher(said);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static void endsWhereItBegan(String said) {
        List<String> states = states(said);
        assertThat(states).as(said).hasSize(2);
        assertThat(states.get(0)).contains("rip", "eflags", "xmm15", "fs_base");
        assertThat(states.get(1)).isEqualTo(states.get(0));
    }

    @Test
    void unoptimizedProgramGoesBackToItsBeginning() throws Exception {
        endsWhereItBegan(backwards("program-backwards", "-O0"));
    }

    @Test
    void optimizedProgramGoesBackToItsBeginning() throws Exception {
        endsWhereItBegan(backwards("program-backwards-optimized", "-O2"));
    }

    @Test
    void everyInstructionIsUndoneByItsReverseStep() throws Exception {
        Path trace = Programs.record(folder, Programs.compile(folder, "gdb_tour", "-O0"));
        // From raise() into its system call, through the handler, its return and out of raise() again.
        List<String> commands = List.of(
                "handle SIGUSR1 nostop noprint pass",
                "break raise",
                "continue",
                "set $n = 0",
                "while $n < 150\n" + SHOW_STATE + "\nstepi\nset $n = $n + 1\nend",
                "set $n = 0",
                "while $n < 150\nreverse-stepi\n" + SHOW_STATE + "\nset $n = $n + 1\nend");
        try (Served replay = new Served("gdb", "--listen", "0", trace.toString())) {
            List<String> states = states(Gdb.script(folder, replay.address(), commands));

            assertThat(states).hasSize(300);
            List<String> there = states.subList(0, 150);
            List<String> back = new ArrayList<>(states.subList(150, 300));
            Collections.reverse(back);
            assertThat(back).isEqualTo(there);
            assertThat(there).anyMatch(s -> s.contains("<handler+"));
            assertThat(there).noneMatch(s -> s.contains("0xffffffff8010"));
        }
    }
}
