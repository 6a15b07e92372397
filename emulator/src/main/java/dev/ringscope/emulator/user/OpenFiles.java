package dev.ringscope.emulator.user;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The program's file descriptors: standard streams, files below the root that the user named, {@code /dev/null} and {@code /dev/zero}. */
final class OpenFiles {
    private static final int MOST = 1024;

    /** What a descriptor leads to; shared by duplicates. */
    static final class Description {
        final Kind kind;
        final Path path;
        final SeekableByteChannel channel;
        /** Names of a directory's entries, and how many have been given. */
        final List<String> entries = new ArrayList<>();

        int given;

        Description(Kind kind, Path path, SeekableByteChannel channel) {
            this.kind = kind;
            this.path = path;
            this.channel = channel;
        }
    }

    enum Kind {
        INPUT,
        OUTPUT,
        ERROR,
        FILE,
        DIRECTORY,
        NULL,
        ZERO
    }

    private final InputStream standardInput;
    private final Path root;
    private final Path program;
    private final TreeMap<Integer, Description> open = new TreeMap<>();

    /** @param root folder that the program sees as /, or null for none */
    OpenFiles(InputStream standardInput, Path root, Path program) {
        this.standardInput = standardInput;
        this.root = root;
        this.program = program;
        open.put(0, new Description(Kind.INPUT, null, null));
        open.put(1, new Description(Kind.OUTPUT, null, null));
        open.put(2, new Description(Kind.ERROR, null, null));
    }

    /** @throws Errno EBADF */
    Description get(int descriptor) {
        Description d = open.get(descriptor);
        if (d == null) {
            throw new Errno(Errno.EBADF);
        }
        return d;
    }

    int add(Description description, int lowest) {
        for (int n = lowest; n < MOST; n++) {
            if (!open.containsKey(n)) {
                open.put(n, description);
                return n;
            }
        }
        throw new Errno(Errno.EMFILE);
    }

    int duplicate(int from, int to) {
        Description d = get(from);
        if (to < 0 || to >= MOST) {
            throw new Errno(Errno.EBADF);
        }
        open.put(to, d);
        return to;
    }

    void close(int descriptor) {
        Description d = get(descriptor);
        open.remove(descriptor);
        if (d.channel != null && !open.containsValue(d)) {
            try {
                d.channel.close();
            } catch (IOException e) {
                throw new Errno(Errno.EIO);
            }
        }
    }

    /**
     * The host's file for a path of the program; symbolic links must not lead out of the root.
     *
     * @throws Errno ENOENT, EACCES
     */
    Path resolve(String path) {
        if (path.isEmpty()) {
            throw new Errno(Errno.ENOENT);
        }
        if (path.equals("/proc/self/exe") || path.equals(programPath()) || path.equals(program.toString())) {
            return program;
        }
        if (root == null) {
            throw new Errno(Errno.ENOENT);
        }
        try {
            Path real = root.toRealPath();
            // as in any file system, .. at the root is the root
            Path inside = Path.of("/").resolve(path).normalize();
            Path wanted = real.resolve(Path.of("/").relativize(inside));
            if (!Files.exists(wanted)) {
                throw new Errno(Errno.ENOENT);
            }
            Path found = wanted.toRealPath();
            if (!found.startsWith(real)) {
                throw new Errno(Errno.EACCES);
            }
            return found;
        } catch (IOException e) {
            throw new Errno(Errno.ENOENT);
        }
    }

    /** Where the program finds itself, whatever folder of the host it lies in. */
    String programPath() {
        return "/" + program.getFileName();
    }

    /** The program's path for a file below the root. */
    String guestPath(Path file) {
        try {
            return "/" + root.toRealPath().relativize(file);
        } catch (IOException e) {
            throw new Errno(Errno.EIO);
        }
    }

    /** @param writing the program wants to write, create or truncate it */
    Description open(String path, boolean writing) {
        switch (path) {
            case "/dev/null":
                return new Description(Kind.NULL, null, null);
            case "/dev/zero":
                return new Description(Kind.ZERO, null, null);
            case "/dev/tty":
                throw new Errno(Errno.ENOENT);
            default:
                break;
        }
        Path file;
        try {
            file = resolve(path);
        } catch (Errno e) {
            throw writing && e.number == Errno.ENOENT ? new Errno(Errno.EROFS) : e;
        }
        if (writing) {
            throw new Errno(Files.isDirectory(file) ? Errno.EISDIR : Errno.EROFS);
        }
        try {
            if (!Files.isDirectory(file)) {
                return new Description(Kind.FILE, file, Files.newByteChannel(file));
            }
            Description d = new Description(Kind.DIRECTORY, file, null);
            d.entries.addAll(List.of(".", ".."));
            try (var list = Files.list(file)) {
                list.map(p -> p.getFileName().toString()).sorted().forEach(d.entries::add);
            }
            return d;
        } catch (IOException e) {
            throw new Errno(Errno.EACCES);
        }
    }

    /** Reads at the file's own offset. */
    byte[] read(Description d, int count) {
        try {
            return switch (d.kind) {
                case INPUT -> readStandardInput(count);
                case FILE -> readChannel(d.channel, count);
                case NULL -> new byte[0];
                case ZERO -> new byte[count];
                case DIRECTORY -> throw new Errno(Errno.EISDIR);
                case OUTPUT, ERROR -> throw new Errno(Errno.EBADF);
            };
        } catch (IOException e) {
            throw new Errno(Errno.EIO);
        }
    }

    /** Waits for one byte, then takes what else is there. */
    private byte[] readStandardInput(int count) throws IOException {
        byte[] bytes = new byte[count];
        int n = count == 0 ? 0 : standardInput.read(bytes);
        return java.util.Arrays.copyOf(bytes, Math.max(n, 0));
    }

    private static byte[] readChannel(SeekableByteChannel channel, int count) throws IOException {
        long left = Math.max(0, channel.size() - channel.position());
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, left));
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            continue;
        }
        byte[] bytes = new byte[buffer.position()];
        buffer.get(0, bytes);
        return bytes;
    }

    /** Reads a file from an offset without moving its own. */
    byte[] readAt(Description d, int count, long offset) {
        if (d.channel == null) {
            throw new Errno(Errno.ESPIPE);
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
