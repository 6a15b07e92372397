package dev.ringscope.emulator.user;

/** Where the standard output and error of a live program go. */
@FunctionalInterface
interface ProgramOutput {
    /** @param stream 1 or 2 @return how many bytes were taken: not all if nobody reads any more */
    int write(int stream, byte[] bytes);
}
