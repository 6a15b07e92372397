package dev.ringscope.emulator.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringscope.emulator.StopReason;
import dev.ringscope.emulator.user.GuestProgram.Outcome;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debian's static programs, which {@code ./check} fetches, do what they do on the host. */
class DebianProgramsTest {
    private static final byte[] TEXT = IntStream.range(0, 800)
            .mapToObj(n -> (n * 7919 % 1009) + " the line " + n + (n % 3 == 0 ? " apple" : " pear") + "\n")
            .collect(Collectors.joining())
            .getBytes(StandardCharsets.UTF_8);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void makeFiles() throws Exception {
        Files.write(folder.resolve("text"), TEXT);
        Files.createDirectories(folder.resolve("tree/below"));
        Files.write(folder.resolve("tree/below/text"), TEXT);
    }

    private static Path debian(String program) {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.exists(at.resolve(".cache/debian/" + program))) {
            at = at.getParent();
        }
        if ("1".equals(System.getenv("RINGSCOPE_CHECK"))) {
            assertThat(at)
                    .as(".cache/debian/%s, which tools/fetch unpacks", program)
                    .isNotNull();
        }
        assumeTrue(at != null, program + " has not been fetched");
        return at.resolve(".cache/debian/" + program);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sha256sum",
                "md5sum",
                "sha1sum",
                "cksum",
                "wc",
                "sort",
                "sort -n",
                "sort -r -k 5",
                "uniq -c",
                "tac",
                "rev",
                "head -n 3",
                "tail -n 3",
                "grep -c apple",
                "grep -n ^10",
                "sed s/line/LINE/g;3q",
                "cut -d_ -f2",
                "tr a-z A-Z",
                "od -c",
                "hexdump -C",
                "base64",
                "nl",
                "fold -w 20",
                "awk {s+=$1}END{print_s,NR,s/NR}",
                "gzip -c",
                "bzip2 -c",
                "cat -n",
                "seq 1 3 20",
                "factor 1234567890123",
                "expr 6 * 7",
                "printf %05d|%x|%s\\n 42 255 text",
                "echo -e a\\tb",
                "basename /a/b.c .c",
                "dc -e 2_3^p",
                "test -f /none",
                "false",
                "env",
                "xxd",
                "cal 1 2026",
                "strings",
                "paste - -"
            })
    void anAppletOfBusyboxDoesAsOnTheHost(String command) throws Exception {
        String[] arguments = command.split(" ");
        for (int n = 0; n < arguments.length; n++) {
            arguments[n] = arguments[n].replace('_', ' ');
        }
        compare(debian("busybox-static/bin/busybox"), TEXT, arguments);
    }

    @Test
    void busyboxUnpacksWhatItPacked() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(TEXT);
        }

        Outcome outcome = new GuestProgram(debian("busybox-static/bin/busybox"), "gunzip", "-c")
                .input(packed.toByteArray())
                .run();

        assertThat(outcome.output()).as(outcome.story()).isEqualTo(TEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ls -Ri /tree",
                "find /tree",
                "stat -c %s_%F /text",
                "md5sum /text /tree/../text",
                "cmp /text /tree/below/text",
                "du -a /tree"
            })
    void anAppletOfBusyboxReadsFilesBelowTheRoot(String command) throws Exception {
        Path busybox = debian("busybox-static/bin/busybox");
        String[] below = command.split(" ");
        String[] absolute = command.replace(" /", " " + folder + "/").split(" ");
        NativeRun expected = NativeRun.of(new byte[0], busybox, absolute);
        Outcome outcome = new GuestProgram(busybox, below)
                .root(folder)
                .environment("LANG=C")
                .run();

        assertThat(outcome.text())
                .as(outcome.story())
                .isEqualTo(expected.output().replace(folder.toString(), ""));
        assertThat(outcome.status()).isEqualTo(expected.status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x=0; for ((i = 0; i < 200; i++)); do x=$((x + i * i)); done; echo $x",
                "while read -r n rest; do ((n % 100 == 0)) && echo \"$n: ${rest^^}\"; done",
                "read a b <<< 'one two'; printf '%s-%s\\n' $a $b; declare -A m=([k]=v); echo ${m[k]} ${#a}",
                "f() { local p; (($1<2)) && { r=1; return; }; "
                        + "f $(($1-1)); p=$r; f $(($1-2)); r=$((r+p)); }; f 9; echo $r",
                "[[ abc =~ ^a(.)c$ ]] && echo ${BASH_REMATCH[1]}; trap 'echo bye' EXIT; exit 9",
                "case $LANG in C) echo c;; esac; echo {1..5} $((2**40)) ${PWD:0:1}; kill -TERM $$"
            })
    void aScriptOfBashWithoutChildrenDoesAsOnTheHost(String script) throws Exception {
        compare(debian("bash-static/bin/bash-static"), TEXT, "-c", script);
    }

    @Test
    void bashSaysThatItCannotFork() throws Exception {
        Outcome outcome = new GuestProgram(debian("bash-static/bin/bash-static"), "-c", "(echo in a child)").run();

        assertThat(outcome.errorText()).contains("fork").contains("Function not ");
        assertThat(outcome.status()).isNotZero();
    }

    @Test
    void sashTakesCommandsFromStandardInput() throws Exception {
        byte[] commands =
                "-echo hello from sash\n-sum /text\ncd /tree\n-pwd\n-ls\nexit\n".getBytes(StandardCharsets.UTF_8);
        Outcome outcome = new GuestProgram(debian("sash/bin/sash"))
                .root(folder)
                .input(commands)
                .run();

        assertThat(outcome.reason()).as(outcome.story()).isEqualTo(StopReason.EXIT);
        assertThat(outcome.text()).contains("hello from sash").contains("/tree").contains("below");
    }

    private static void compare(Path program, byte[] input, String... arguments) throws Exception {
        NativeRun expected = NativeRun.of(input, program, arguments);
        Outcome outcome = new GuestProgram(program, arguments)
                .root(folder)
                .input(input)
                .environment("LANG=C")
                .run();

        assertThat(outcome.reason()).as(outcome.story()).isEqualTo(StopReason.EXIT);
        assertThat(outcome.text()).as(outcome.story()).isEqualTo(expected.output());
        assertThat(outcome.status()).as(outcome.story()).isEqualTo(expected.status());
    }
}
