package dev.ringscope.trace;

/**
 * How to record. The contents of a trace depend on these and on the guest, on nothing else.
 *
 * @param compress whether sections are compressed; if not, protoc shows everything
 * @param overwrite whether a file of that name may be replaced
 * @param createdUnixSeconds when the recording began, for the header
 * @param tool name and version of the program that records, for the header
 * @param chunkInstructions length of a chunk
 * @param chunkLimit greatest length of a chunk, where the guest writes many pages
 * @param checkpointInstructions least distance of checkpoints; they lie at chunk ends
 * @param checkpointWork what re-execution from one to the next costs at least, in terms of plain instructions
 * @param checkpointLimit greatest distance, however many pages are changed
 * @param groupInstructions least length of a group of chunks; groups begin at checkpoints
 */
public record RecordingOptions(
        Detail detail,
        boolean compress,
        boolean overwrite,
        long createdUnixSeconds,
        String tool,
        long chunkInstructions,
        long chunkLimit,
        long checkpointInstructions,
        long checkpointWork,
        long checkpointLimit,
        long groupInstructions) {
    private static final long MEGA = 1 << 20;

    /**
     * Chunks of 2^20 instructions, up to 2^22 where very many pages change; checkpoints at the end of each or each
     * second one, which is some 10 ms of re-execution, or up to every 2^24 instructions where the same pages change
     * again and again; groups of 2^23 instructions.
     */
    public static RecordingOptions of(Detail detail, long createdUnixSeconds, String tool) {
        return new RecordingOptions(
                detail, true, false, createdUnixSeconds, tool, MEGA, 4 * MEGA, MEGA, 3 * MEGA / 2, 16 * MEGA, 8 * MEGA);
    }

    public RecordingOptions withOverwrite(boolean allowed) {
        return new RecordingOptions(
                detail,
                compress,
                allowed,
                createdUnixSeconds,
                tool,
                chunkInstructions,
                chunkLimit,
                checkpointInstructions,
                checkpointWork,
                checkpointLimit,
                groupInstructions);
    }

    public RecordingOptions withCompression(boolean enabled) {
        return new RecordingOptions(
                detail,
                enabled,
                overwrite,
                createdUnixSeconds,
                tool,
                chunkInstructions,
                chunkLimit,
                checkpointInstructions,
                checkpointWork,
                checkpointLimit,
                groupInstructions);
    }

    /** For tests and tiny traces: checkpoints are due by their distance alone, and each begins a group. */
    public RecordingOptions withDistances(long chunk, long checkpoint, long limit) {
        return new RecordingOptions(
                detail, compress, overwrite, createdUnixSeconds, tool, chunk, chunk, checkpoint, 0, limit, checkpoint);
    }
}
