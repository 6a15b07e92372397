package dev.ringscope.cli;

import dev.ringscope.emulator.boot.BadImage;
import dev.ringscope.trace.DivergenceException;
import dev.ringscope.trace.TraceFormatException;
import dev.ringscope.trace.query.MemoryContents.NotMappedException;
import dev.ringscope.trace.query.NotReplayableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The command {@code ringscope}: its subcommands are the classes named {@code ...Command} beside this one. */
public final class Main implements Runnable {
    /** Read by picocli, which else looks through the whole jar for Groovy. */
    private static final String NO_GROOVY = "picocli.disable.closures";

    private CommandSpec spec;

    private CommandSpec describe() {
        spec = new CommandModel(
                        "ringscope",
                        "Records whole machines instruction by instruction, and answers what they did.",
                        this)
                .withHelp()
                .versionProvider(new Version());
        return spec;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }

    public static void main(String[] arguments) {
        System.exit(start(arguments));
    }

    /** What a process does first and last. */
    static int start(String... arguments) {
        EarlyStart.begin(arguments);
        return execute(arguments);
    }

    /** Does what the arguments say; gives the exit status. */
    static int execute(String... arguments) {
        try {
            return commandLine(arguments).execute(arguments);
        } catch (OutOfMemoryError e) {
            System.err.println("ringscope: Java's memory is too small for this: set RINGSCOPE_JAVA_OPTS=-Xmx4g,"
                    + " or give the guest less");
            return ExitStatus.INTERNAL;
        }
    }

    /** @param arguments those that it will be asked to execute; see {@link Subcommands} */
    static CommandLine commandLine(String... arguments) {
        System.setProperty(NO_GROOVY, "true");
        CommandLine line = new CommandLine(new Main().describe());
        Subcommands.add(line, arguments);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExitCodeExceptionMapper(Main::status);
        line.setExecutionExceptionHandler((e, command, result) -> {
            if (status(e) == ExitStatus.INTERNAL) {
                String place = Arrays.stream(e.getStackTrace())
                        .limit(4)
                        .map(StackTraceElement::toString)
                        .collect(Collectors.joining(" < "));
                System.err.println("ringscope: internal error, please report this line: " + e + " at " + place);
            } else if (!message(e).isEmpty()) {
                System.err.println("ringscope: " + message(e));
            }
            return status(e);
        });
        line.setParameterExceptionHandler((e, wrong) -> {
            System.err.printf(
                    "ringscope: %s (see %s --help)%n",
                    e.getMessage().lines().findFirst().orElse(""),
                    e.getCommandLine().getCommandSpec().qualifiedName());
            return ExitStatus.USAGE;
        });
        return line;
    }

    private static int status(Throwable e) {
        return switch (e) {
            case CommandFailure failure -> failure.status;
            case BadImage ignored -> ExitStatus.DATA;
            case TraceFormatException ignored -> ExitStatus.DATA;
            case DivergenceException ignored -> ExitStatus.DATA;
            case NotReplayableException ignored -> ExitStatus.DATA;
            case NotMappedException ignored -> ExitStatus.DATA;
            case NoSuchFileException ignored -> ExitStatus.NO_INPUT;
            case AccessDeniedException ignored -> ExitStatus.NO_INPUT;
            case IOException ignored -> ExitStatus.IO;
            case UncheckedIOException ignored -> ExitStatus.IO;
            default -> ExitStatus.INTERNAL;
        };
    }

    private static String message(Throwable e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + ": no such file";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case FileAlreadyExistsException there -> there.getFile() + ": is there already; --force overwrites it";
            case UncheckedIOException wrapped -> wrapped.getCause().getMessage();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    /** The version that the build wrote into the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"ringscope " + (version == null ? "(not packaged)" : version)};
        }
    }
}
