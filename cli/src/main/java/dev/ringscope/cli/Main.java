package dev.ringscope.cli;

import dev.ringscope.emulator.boot.BadImage;
import dev.ringscope.trace.TraceFormatException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** The command {@code ringscope}: its subcommands are the classes named {@code ...Command} beside this one. */
@Command(
        name = "ringscope",
        description = "Records whole machines instruction by instruction, and answers what they did.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            RunCommand.class,
            RecordCommand.class,
            InfoCommand.class,
            VerifyCommand.class,
            ExpandCommand.class,
            QueryCommand.class,
            GdbCommand.class
        })
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setExitCodeExceptionMapper(Main::status);
        line.setExecutionExceptionHandler((e, command, result) -> {
            if (status(e) == ExitStatus.INTERNAL) {
                System.err.println("ringscope: internal error; please report it with what follows");
                e.printStackTrace();
            } else {
                System.err.println("ringscope: " + message(e));
            }
            return status(e);
        });
        line.setParameterExceptionHandler((e, arguments) -> {
            System.err.println("ringscope: " + e.getMessage());
            System.err.println("Try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
            return ExitStatus.USAGE;
        });
        return line;
    }

    private static int status(Throwable e) {
        return switch (e) {
            case CommandFailure failure -> failure.status;
            case BadImage ignored -> ExitStatus.DATA;
            case TraceFormatException ignored -> ExitStatus.DATA;
            case NoSuchFileException ignored -> ExitStatus.NO_INPUT;
            case AccessDeniedException ignored -> ExitStatus.NO_INPUT;
            case IOException ignored -> ExitStatus.IO;
            default -> ExitStatus.INTERNAL;
        };
    }

    private static String message(Throwable e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + ": no such file";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case FileAlreadyExistsException there -> there.getFile() + ": is there already; --force overwrites it";
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
