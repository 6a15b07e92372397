package dev.ringscope.gdbstub;

/** {@code length} watched bytes from a linear address on; any length of 1 or more, any alignment. */
public record Watchpoint(Kind kind, long address, long length) {
    /** Which accesses stop. */
    public enum Kind {
        WRITE,
        READ,
        ACCESS
    }

    /** Whether an access of {@code bytes} bytes from {@code first} on touches a watched byte, whatever its kind. */
    public boolean touches(long first, long bytes) {
        return Long.compareUnsigned(first - address, length) < 0 || Long.compareUnsigned(address - first, bytes) < 0;
    }

    /** Whether a write (or else a read) is of the kind that stops here. */
    public boolean stopsAt(boolean write) {
        return switch (kind) {
            case WRITE -> write;
            case READ -> !write;
            case ACCESS -> true;
        };
    }
}
