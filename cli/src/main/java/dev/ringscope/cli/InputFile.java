package dev.ringscope.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** A file that the user wants read. */
final class InputFile {
    private InputFile() {}

    /**
     * Says clearly what is wrong with it, before anything else does.
     *
     * @throws CommandFailure if it is not there, not readable, or no file
     */
    static Path check(Path file) {
        if (!Files.exists(file)) {
            throw new CommandFailure(ExitStatus.NO_INPUT, file + ": no such file");
        }
        if (Files.isDirectory(file)) {
            throw new CommandFailure(ExitStatus.NO_INPUT, file + ": is a folder, expected a file");
        }
        if (!Files.isReadable(file)) {
            throw new CommandFailure(ExitStatus.NO_INPUT, file + ": permission denied");
        }
        return file;
    }
}
