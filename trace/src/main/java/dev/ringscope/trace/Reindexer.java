package dev.ringscope.trace;

import dev.ringscope.trace.format.IndexRebuild;
import dev.ringscope.trace.format.PacketInput;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Gives a trace a new index: one whose recorder was killed, whose end is missing, or whose index is damaged. The new
 * file is written beside the old one and takes its place in one step, when it has been found to hold as much.
 */
public final class Reindexer {
    private Reindexer() {}

    /**
     * What was done.
     *
     * @param chunks in the trace
     * @param instructions in the trace
     * @param unused bytes at the old file's end that were no whole packet
     */
    public record Result(int chunks, long instructions, long unused) {}

    /**
     * Replaces a file by one with a new index.
     *
     * @throws TraceFormatException if it is no trace, or is damaged in its midst, so that something could be lost
     * @throws IOException if it is being written, too
     */
    public static Result replace(Path file) throws IOException {
        Path real = file.toRealPath();
        Path temporary = real.resolveSibling(".%s.%d.index"
                .formatted(real.getFileName(), ProcessHandle.current().pid()));
        try (FileChannel lock = locked(real, file)) {
            Result result = write(real, temporary, true);
            copyPermissions(real, temporary);
            Files.move(temporary, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return result;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Writes a trace with a new index into another file; of one that is damaged in its midst what lies before that.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is such a file
     */
    public static Result copy(Path file, Path output) throws IOException {
        return write(file, output, false);
    }

    private static Result write(Path file, Path output, boolean replaces) throws IOException {
        try (PacketInput in = new PacketInput(file)) {
            if (in.size() == 0) {
                throw in.place(0).expected("a trace, found an empty file");
            }
            IndexRebuild rebuild = new IndexRebuild(in);
            rebuild.write(output);
            long instructions = rebuild.map().endPosition();
            if (replaces && (!rebuild.restIsUnfinished() || knows(file) > instructions)) {
                throw in.place(rebuild.used())
                        .expected(("a whole packet, found a damaged one in the midst of the file; nothing was changed,"
                                        + " and -o writes the %,d instructions before it to another file")
                                .formatted(instructions));
            }
            check(output, rebuild);
            return new Result(rebuild.map().chunks().size(), instructions, in.size() - rebuild.used());
        }
    }

    /** Instructions that can be read by the index that there is. */
    private static long knows(Path file) throws IOException {
        try (TraceReader trace = TraceReader.open(file)) {
            return trace.endPosition();
        }
    }

    /** The new file is read as anybody will. */
    private static void check(Path output, IndexRebuild rebuild) throws IOException {
        try (TraceReader trace = TraceReader.open(output)) {
            boolean same = trace.damage().isEmpty()
                    && trace.chunkCount() == rebuild.map().chunks().size()
                    && trace.map().checkpoints().size()
                            == rebuild.map().checkpoints().size()
                    && trace.endPosition() == rebuild.map().endPosition();
            if (!same) {
                throw new IOException("%s: what was written does not hold what was read".formatted(output));
            }
        }
        try (FileChannel written = FileChannel.open(output, StandardOpenOption.WRITE)) {
            written.force(true);
        }
    }

    /** A recorder holds a lock on its file. */
    private static FileChannel locked(Path real, Path named) throws IOException {
        FileChannel channel = FileChannel.open(real, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean free = false;
        try {
            free = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Its recorder is in this very process.
        }
        if (!free) {
            channel.close();
            throw new IOException(named + ": is being written by another process");
        }
        return channel;
    }

    private static void copyPermissions(Path from, Path to) throws IOException {
        try {
            Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
        } catch (UnsupportedOperationException e) {
            // A file system without them.
        }
    }
}
