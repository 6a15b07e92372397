package dev.ringscope.emulator.insn;

/** Where the decoder gets code from. */
public interface CodeBytes {
    /**
     * The byte at so many bytes behind the instruction's start, 0..255. Throws whatever the fetch of that byte throws
     * (a page fault, beyond the segment limit): only bytes that the instruction needs are asked for.
     */
    int at(int offset);
}
