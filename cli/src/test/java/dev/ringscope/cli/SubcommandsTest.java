package dev.ringscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringscope.cli.Subcommands.Subcommand;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SubcommandsTest {
    private static List<String> names(List<Subcommand> listed) {
        return listed.stream().map(Subcommand::name).toList();
    }

    private static List<String> made(CommandLine line) {
        return List.copyOf(line.getSubcommands().keySet());
    }

    private static List<String> questions(String... arguments) {
        return made(Main.commandLine(arguments).getSubcommands().get("query"));
    }

    @Test
    void theListedNamesAreThoseOfTheClasses() {
        assertThat(Stream.concat(Subcommands.OF_RINGSCOPE.stream(), Subcommands.OF_QUERY.stream()))
                .allSatisfy(each ->
                        assertThat(each.name()).isEqualTo(new CommandLine(Subcommands.model(each)).getCommandName()));
    }

    @Test
    void theOneThatTheArgumentsBeginWithIsMadeAndNoOther() {
        assertThat(made(Main.commandLine("info", "run"))).containsExactly("info");
        assertThat(made(Main.commandLine("--version"))).isEmpty();
    }

    @Test
    void allAreThereForHelpAndForMistakes() {
        List<String> all = names(Subcommands.OF_RINGSCOPE);
        assertThat(made(Main.commandLine())).isEqualTo(all);
        assertThat(made(Main.commandLine("--help"))).isEqualTo(all);
        assertThat(made(Main.commandLine("inof", "x.rst"))).isEqualTo(all);
        assertThat(made(Main.commandLine("@arguments"))).isEqualTo(all);
    }

    @Test
    void ofTheQuestionsThoseAreMadeThatAreNamed() {
        List<String> all = names(Subcommands.OF_QUERY);
        assertThat(questions("query", "x.rst", "walk", "0x1000")).containsExactly("walk");
        assertThat(questions("query", "x.rst")).isEqualTo(all);
        assertThat(questions("query", "x.rst", "wlak")).isEqualTo(all);
        assertThat(questions("query", "x.rst", "walk", "--help")).isEqualTo(all);
        assertThat(questions()).isEqualTo(all);
    }
}
