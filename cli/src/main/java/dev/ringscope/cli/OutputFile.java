package dev.ringscope.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** A file that is to be written. */
final class OutputFile {
    private OutputFile() {}

    /**
     * Says clearly why it cannot be written, before the guest has started.
     *
     * @param overwrite whether one that is there may be replaced
     * @throws CommandFailure if it may not, or its folder is missing
     */
    static Path check(Path file, boolean overwrite) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new CommandFailure(ExitStatus.IO, "%s: there is no folder %s".formatted(file, folder));
        }
        if (Files.isDirectory(file)) {
            throw new CommandFailure(ExitStatus.IO, file + ": is a folder, expected the name of a file to write");
        }
        if (Files.exists(file) && !overwrite) {
            throw new CommandFailure(ExitStatus.IO, file + ": is there already; --force overwrites it");
        }
        if (!Files.isWritable(Files.exists(file) ? file : folder)) {
            throw new CommandFailure(ExitStatus.IO, file + ": permission denied");
        }
        return file;
    }
}
