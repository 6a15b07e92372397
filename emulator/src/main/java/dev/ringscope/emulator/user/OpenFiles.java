package dev.ringscope.emulator.user;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * The program's file descriptors: standard streams, files below the root that the user named, {@code /dev/null} and
 * {@code /dev/zero}, pipes to itself; and its current directory.
 */
final class OpenFiles {
    static final int MOST = 1024;

    /** What a descriptor leads to; shared by duplicates. */
    static final class Description {
        final Kind kind;
        final Path path;
        final SeekableByteChannel channel;
        final Pipe pipe;
        /** Of a directory. */
        final List<DirectoryEntry> entries = new ArrayList<>();

        /** How many entries have been given. */
        int given;

        boolean nonBlocking;

        Description(Kind kind, Path path, SeekableByteChannel channel, Pipe pipe) {
            this.kind = kind;
            this.path = path;
            this.channel = channel;
            this.pipe = pipe;
        }

        Description(Kind kind) {
            this(kind, null, null, null);
        }
    }

    /** @param type as getdents64 gives it: DT_DIR 4, DT_REG 8, DT_LNK 10, else DT_UNKNOWN 0 */
    record DirectoryEntry(String name, long inode, int type) {}

    enum Kind {
        INPUT,
        OUTPUT,
        ERROR,
        FILE,
        DIRECTORY,
        NULL,
        ZERO,
        PIPE_IN,
        PIPE_OUT
    }

    private final StandardInput standardInput;
    private final BooleanSupplier interrupted;
    private final Root root;
    private final TreeMap<Integer, Description> open = new TreeMap<>();
    private String currentDirectory = "/";

    /** @param interrupted whether the machine shall stop even while the program waits for its standard input */
    OpenFiles(InputStream standardInput, BooleanSupplier interrupted, Root root) {
        this.standardInput = new StandardInput(standardInput);
        this.interrupted = interrupted;
        this.root = root;
        open.put(0, new Description(Kind.INPUT));
        open.put(1, new Description(Kind.OUTPUT));
        open.put(2, new Description(Kind.ERROR));
    }

    // ---- descriptors ------------------------------------------------------------------------------------------------

    /** @throws Errno EBADF */
    Description get(int descriptor) {
        Description d = open.get(descriptor);
        if (d == null) {
            throw new Errno(Errno.EBADF);
        }
        return d;
    }

    boolean isOpen(int descriptor) {
        return open.containsKey(descriptor);
    }

    boolean isOpen(Description description) {
        return open.containsValue(description);
    }

    /** Whether the pipe has an end of that kind. */
    boolean hasEnd(Pipe pipe, Kind kind) {
        return open.values().stream().anyMatch(d -> d.pipe == pipe && d.kind == kind);
    }

    /** @throws Errno EMFILE, EINVAL */
    int add(Description description, int lowest) {
        if (lowest < 0 || lowest >= MOST) {
            throw new Errno(Errno.EINVAL);
        }
        for (int n = lowest; n < MOST; n++) {
            if (!open.containsKey(n)) {
                open.put(n, description);
                return n;
            }
        }
        close(description);
        throw new Errno(Errno.EMFILE);
    }

    int duplicate(int from, int to) {
        Description d = get(from);
        if (to < 0 || to >= MOST) {
            throw new Errno(Errno.EBADF);
        }
        Description old = open.put(to, d);
        if (old != null) {
            close(old);
        }
        return to;
    }

    void close(int descriptor) {
        Description d = get(descriptor);
        open.remove(descriptor);
        close(d);
    }

    private void close(Description d) {
        if (d.channel != null && !open.containsValue(d)) {
            try {
                d.channel.close();
            } catch (IOException e) {
                throw new Errno(Errno.EIO);
            }
        }
    }

    // ---- paths ------------------------------------------------------------------------------------------------------

    Root root() {
        return root;
    }

    String currentDirectory() {
        return currentDirectory;
    }

    /** @param directory in the program's tree, without symbolic links */
    void setCurrentDirectory(String directory) {
        currentDirectory = directory;
    }

    /** The host's file for a path. @throws Errno ENOENT and others */
    Path resolve(String path, boolean follow) {
        return root.resolve(currentDirectory, path, follow);
    }

    /** @param writing the program wants to write, create or truncate it */
    Description open(String path, boolean writing) {
        switch (path) {
            case "/dev/null":
                return new Description(Kind.NULL);
            case "/dev/zero":
                return new Description(Kind.ZERO);
            case "/dev/stdin", "/dev/fd/0":
                return get(0);
            case "/dev/stdout", "/dev/fd/1":
                return get(1);
            case "/dev/stderr", "/dev/fd/2":
                return get(2);
            default:
                break;
        }
        Path file;
        try {
            file = resolve(path, true);
        } catch (Errno e) {
            throw writing && e.number == Errno.ENOENT ? new Errno(Errno.EROFS) : e;
        }
        if (writing) {
            throw new Errno(Files.isDirectory(file) ? Errno.EISDIR : Errno.EROFS);
        }
        try {
            if (Files.isDirectory(file)) {
                return directory(file);
            } else if (!Files.isRegularFile(file)) {
                throw new Errno(Errno.EACCES); // a device or pipe of the host
            }
            return new Description(Kind.FILE, file, Files.newByteChannel(file), null);
        } catch (IOException e) {
            throw new Errno(Errno.EACCES);
        }
    }

    private Description directory(Path folder) throws IOException {
        Description d = new Description(Kind.DIRECTORY, folder, null, null);
        d.entries.add(new DirectoryEntry(".", FileStatus.inode(folder), 4));
        d.entries.add(new DirectoryEntry("..", FileStatus.inode(folder), 4));
        try (var list = Files.list(folder)) {
            for (Path file : list.sorted().toList()) {
                int type = Files.isSymbolicLink(file)
                        ? 10
                        : Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) ? 4 : Files.isRegularFile(file) ? 8 : 0;
                d.entries.add(new DirectoryEntry(file.getFileName().toString(), FileStatus.inode(file), type));
            }
        }
        return d;
    }

    // ---- reading ----------------------------------------------------------------------------------------------------

    /** Reads at the file's own offset. An empty pipe gives null, an interrupted wait for standard input too. */
    byte[] read(Description d, int count) {
        try {
            return switch (d.kind) {
                case INPUT -> standardInput.read(count, interrupted);
                case FILE -> readChannel(d.channel, count);
                case NULL -> new byte[0];
                case ZERO -> new byte[count];
                case PIPE_IN -> d.pipe.count() == 0 && hasEnd(d.pipe, Kind.PIPE_OUT) ? null : d.pipe.read(count);
                case DIRECTORY -> throw new Errno(Errno.EISDIR);
                case OUTPUT, ERROR, PIPE_OUT -> throw new Errno(Errno.EBADF);
            };
        } catch (IOException e) {
            throw new Errno(Errno.EIO);
        }
    }

    private static byte[] readChannel(SeekableByteChannel channel, int count) throws IOException {
        long left = Math.max(0, channel.size() - channel.position());
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, left));
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            continue;
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** Reads a file from an offset without moving its own. */
    byte[] readAt(Description d, int count, long offset) {
        if (d.channel == null) {
            throw new Errno(Errno.ESPIPE);
        }
        if (offset < 0) {
            throw new Errno(Errno.EINVAL);
        }
        try {
            long was = d.channel.position();
            d.channel.position(offset);
            byte[] bytes = readChannel(d.channel, count);
            d.channel.position(was);
            return bytes;
        } catch (IOException e) {
            throw new Errno(Errno.EIO);
        }
    }
}
