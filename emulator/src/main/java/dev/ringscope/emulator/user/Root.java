package dev.ringscope.emulator.user;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The program's file tree: below a folder of the host, which no path and no symbolic link leads out of, and the program
 * itself. Resolved name by name, as a kernel does (path_resolution(7)).
 */
final class Root {
    private static final int MOST_LINKS = 40;

    private final Path root;
    private final Path program;

    /** @param root folder that the program sees as /, or null for none */
    Root(Path root, Path program) throws IOException {
        this.root = root == null ? null : root.toRealPath();
        this.program = program;
    }

    /** Where the program finds itself, whatever folder of the host it lies in. */
    String programPath() {
        return "/" + program.getFileName();
    }

    /**
     * The host's file for a path of the program.
     *
     * @param directory where relative paths start: absolute, in the program's tree
     * @param follow whether a symbolic link as the last name is followed
     * @throws Errno ENOENT, ENOTDIR, ELOOP, EACCES
     */
    Path resolve(String directory, String path, boolean follow) {
        if (path.isEmpty()) {
            throw new Errno(Errno.ENOENT);
        }
        if (path.equals("/proc/self/exe") || path.equals(program.toString())) {
            return program;
        }
        String absolute = path.startsWith("/") ? path : directory + "/" + path;
        if (root == null) {
            return withoutRoot(absolute);
        }
        try {
            Path found = walk(absolute, follow);
            return !Files.exists(found, LinkOption.NOFOLLOW_LINKS) && absolute.equals(programPath())
                    ? program
                    : existing(found);
        } catch (InvalidPathException e) {
            throw new Errno(Errno.ENOENT);
        }
    }

    /** Then there is the program alone. */
    private Path withoutRoot(String absolute) {
        if (absolute.replaceAll("/+(\\./+)*", "/").equals(programPath())) {
            return program;
        }
        throw new Errno(Errno.ENOENT);
    }

    private static Path existing(Path file) {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new Errno(Errno.ENOENT);
        }
        return file;
    }

    private Path walk(String absolute, boolean follow) {
        ArrayDeque<String> names = new ArrayDeque<>(List.of(absolute.split("/")));
        boolean directory = absolute.endsWith("/");
        Path at = root;
        int links = 0;
        while (!names.isEmpty()) {
            String name = names.poll();
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                at = at.equals(root) ? root : at.getParent(); // .. at the root is the root
                continue;
            }
            Path next = at.resolve(name);
            if (Files.isSymbolicLink(next) && (follow || directory || !names.isEmpty())) {
                if (++links > MOST_LINKS) {
                    throw new Errno(Errno.ELOOP);
                }
                String target = link(next);
                at = target.startsWith("/") ? root : at;
                List.of(target.split("/")).reversed().forEach(names::addFirst);
                continue;
            }
            if (!names.isEmpty() && !Files.isDirectory(next, LinkOption.NOFOLLOW_LINKS)) {
                throw new Errno(Files.exists(next, LinkOption.NOFOLLOW_LINKS) ? Errno.ENOTDIR : Errno.ENOENT);
            }
            at = next;
        }
        return at;
    }

    /** Where a symbolic link leads, as it is written. */
    static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            throw new Errno(Errno.EACCES);
        }
    }

    /** The program's path for a file that {@link #resolve} found. */
    String guestPath(Path file) {
        return file.equals(program) || root == null ? programPath() : "/" + root.relativize(file);
    }
}
