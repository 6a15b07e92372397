package dev.ringscope.emulator.user;

/**
 * A run of the program's linear addresses with one protection and one origin.
 *
 * @param start first address, page-aligned
 * @param end behind the last, page-aligned
 * @param protection PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4
 * @param content what pages hold when first touched; null: zeros
 * @param contentStart linear address of the content's first byte
 * @param fileOffset where the executable's file has that byte; -1: it comes from elsewhere
 */
record Mapping(long start, long end, int protection, byte[] content, long contentStart, long fileOffset) {
    static final int READ = 1, WRITE = 2, EXECUTE = 4;

    /** One that is not the executable's. */
    Mapping(long start, long end, int protection, byte[] content, long contentStart) {
        this(start, end, protection, content, contentStart, -1);
    }

    boolean contains(long address) {
        return address >= start && address < end;
    }

    Mapping between(long newStart, long newEnd) {
        return new Mapping(newStart, newEnd, protection, content, contentStart, fileOffset);
    }

    Mapping withProtection(int newProtection) {
        return new Mapping(start, end, newProtection, content, contentStart, fileOffset);
    }

    Mapping movedBy(long distance) {
        return new Mapping(start + distance, end + distance, protection, content, contentStart + distance, fileOffset);
    }

    /** What the page at that address holds when it is first touched, or null for zeros. */
    byte[] page(long address) {
        if (content == null || address + 4096 <= contentStart || address >= contentStart + content.length) {
            return null;
        }
        byte[] bytes = new byte[4096];
        int from = (int) Math.max(0, address - contentStart);
        int to = (int) Math.max(0, contentStart - address);
        System.arraycopy(content, from, bytes, to, Math.min(4096 - to, content.length - from));
        return bytes;
    }
}
