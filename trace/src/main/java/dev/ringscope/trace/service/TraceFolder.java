package dev.ringscope.trace.service;

import dev.ringscope.trace.format.HeaderCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files that a server was told to serve: files, and the traces that lie in folders, not below. What comes, goes or
 * changes in a folder does so here too. Where several files have the same name, the first one named or the first
 * folder's is served.
 */
final class TraceFolder {
    /** The magic stands behind a few bytes of framing. */
    private static final int BEGINNING = 64;

    /**
     * A state of a file.
     *
     * @param modified in milliseconds since 1970
     * @param key what the file system knows it by; null if it says nothing
     */
    record Version(Path file, long size, long modified, Object key) {}

    private final List<Path> files = new ArrayList<>();
    private final List<Path> folders = new ArrayList<>();
    /** What is known of files' beginnings. */
    private final Map<Path, Version> traces = new HashMap<>();

    /** @param places files and folders that are there */
    TraceFolder(List<Path> places) {
        for (Path place : places) {
            (Files.isDirectory(place) ? folders : files).add(place);
        }
    }

    /** All traces by their names, ascending. */
    Map<String, Version> list() throws IOException {
        Map<String, Version> found = new TreeMap<>();
        for (Path file : files) {
            version(file).ifPresent(version -> found.putIfAbsent(name(file), version));
        }
        for (Path folder : folders) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    inside(folder, entry)
                            .filter(this::isTrace)
                            .ifPresent(version -> found.putIfAbsent(name(entry), version));
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        return found;
    }

    /** The only trace, if there is exactly one. */
    Optional<String> only() throws IOException {
        if (files.size() == 1 && folders.isEmpty()) {
            return Optional.of(name(files.getFirst()));
        }
        Map<String, Version> all = list();
        return all.size() == 1 ? Optional.of(all.keySet().iterator().next()) : Optional.empty();
    }

    /** The file of that name: one that is not, or no longer, there is absent. */
    Optional<Version> find(String name) throws IOException {
        Optional<String> wanted = TraceName.file(name);
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        for (Path file : files) {
            if (name(file).equals(name)) {
                return version(file);
            }
        }
        for (Path folder : folders) {
            Optional<Version> version = child(folder, wanted.get());
            if (version.isPresent()) {
                return version;
            }
        }
        return Optional.empty();
    }

    private Optional<Version> child(Path folder, String fileName) throws IOException {
        try {
            Path file = folder.resolve(fileName);
            boolean direct = folder.equals(file.getParent()) && fileName.equals(String.valueOf(file.getFileName()));
            return direct ? inside(folder, file).filter(this::isTrace) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** A file that lies in the folder and is not hidden; a link out of it is none. */
    private static Optional<Version> inside(Path folder, Path file) throws IOException {
        if (file.getFileName().toString().startsWith(".")) {
            return Optional.empty();
        }
        try {
            return file.toRealPath().startsWith(folder.toRealPath()) ? version(file) : Optional.empty();
        } catch (FileSystemException e) {
            return Optional.empty(); // it has just gone, or is a link to nowhere
        }
    }

    private static Optional<Version> version(Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.isRegularFile()
                    ? Optional.of(new Version(
                            file,
                            attributes.size(),
                            attributes.lastModifiedTime().toMillis(),
                            attributes.fileKey()))
                    : Optional.empty();
        } catch (FileSystemException e) {
            return Optional.empty();
        }
    }

    private boolean isTrace(Version version) {
        synchronized (traces) {
            if (version.equals(traces.get(version.file))) {
                return true;
            }
        }
        boolean trace = beginsAsTrace(version.file);
        synchronized (traces) {
            traces.keySet().removeIf(file -> !Files.exists(file));
            if (trace) {
                traces.put(version.file, version);
            }
        }
        return trace;
    }

    private static boolean beginsAsTrace(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(BEGINNING);
            for (int i = 0; i + Long.BYTES <= start.length; i++) {
                if (magic(start, i)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false; // gone, or not for us
        }
    }

    private static boolean magic(byte[] bytes, int at) {
        for (int i = 0; i < Long.BYTES; i++) {
            if (bytes[at + i] != (byte) (HeaderCodec.MAGIC >>> 8 * i)) {
                return false;
            }
        }
        return true;
    }

    private static String name(Path file) {
        return TraceName.of(file.toAbsolutePath().getFileName().toString());
    }
}
