package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CommandModelTest {
    private Path file = Path.of("usual");
    private boolean loud;
    private long number = 7;
    private List<String> words = new ArrayList<>();
    private List<String> rest = new ArrayList<>();

    private CommandLine line() {
        Runnable nothing = () -> {};
        CommandModel model = new CommandModel("say", "Say something.", nothing);
        model.path("-f", "--file").label("FILE").described("Where to.").into(file, v -> file = v);
        model.flag("--loud", "Louder.", v -> loud = v);
        model.option(long.class, "--times")
                .label("N")
                .described("How often (default: ${DEFAULT-VALUE}).")
                .into(number, v -> number = v);
        model.texts("--word", "TEXT", "What.", words, v -> words = v);
        model.arguments("MORE", "What else.", rest, v -> rest = v);
        return new CommandLine(model.withHelp());
    }

    @Test
    void whatIsGivenGoesIntoTheFields() {
        line().parseArgs("-f", "a/b", "x", "--word=1", "--loud", "--times", "3", "--word", "2", "y");
        assertThat(file).isEqualTo(Path.of("a/b"));
        assertThat(loud).isTrue();
        assertThat(number).isEqualTo(3);
        assertThat(words).containsExactly("1", "2");
        assertThat(rest).containsExactly("x", "y");
    }

    @Test
    void whatIsNotGivenStaysAsItIs() {
        line().parseArgs();
        assertThat(file).isEqualTo(Path.of("usual"));
        assertThat(loud).isFalse();
        assertThat(number).isEqualTo(7);
        assertThat(words).isEmpty();
        assertThat(rest).isEmpty();
    }

    @Test
    void helpNamesEveryOptionInOrderAndItsUsualValue() {
        assertThat(line().getUsageMessage())
                .contains("How often (default: 7).", "Print version information and exit.")
                .containsSubsequence(
                        "\n  -f, --file=FILE ", "\n      --loud ", "\n      --times=N ", "\n      --word=TEXT ");
        assertThat(line().parseArgs("-h").isUsageHelpRequested()).isTrue();
        assertThat(line().parseArgs("-V").isVersionHelpRequested()).isTrue();
    }
}
