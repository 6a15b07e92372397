package dev.ringscope.gdbstub;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;

/**
 * Files that the client may read through the stub (the {@code vFile} packets), for instance the program under debug.
 */
public interface GuestFiles {
    /**
     * Opens a file for reading.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws IOException if the file may not be read
     */
    SeekableByteChannel open(String path) throws IOException;
}
