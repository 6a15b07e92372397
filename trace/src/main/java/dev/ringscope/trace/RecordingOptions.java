package dev.ringscope.trace;

/**
 * How to record. The contents of a trace depend on these and on the guest, on nothing else.
 *
 * @param compress whether sections are compressed; if not, protoc shows everything
 * @param overwrite whether a file of that name may be replaced
 * @param createdUnixSeconds when the recording began, for the header
 * @param tool name and version of the program that records, for the header
 * @param chunkInstructions length of a chunk
 * @param checkpointInstructions least distance of checkpoints; they lie at chunk ends
 * @param checkpointLimit greatest distance, however many pages are changed
 */
public record RecordingOptions(
        Detail detail,
        boolean compress,
        boolean overwrite,
        long createdUnixSeconds,
        String tool,
        long chunkInstructions,
        long checkpointInstructions,
        long checkpointLimit) {
    private static final long MEGA = 1 << 20;

    /** Chunks of 2^20 instructions, checkpoints every 10 of them, or up to every 40 where many pages change. */
    public static RecordingOptions of(Detail detail, long createdUnixSeconds, String tool) {
        return new RecordingOptions(detail, true, false, createdUnixSeconds, tool, MEGA, 10 * MEGA, 40 * MEGA);
    }

    public RecordingOptions withOverwrite(boolean allowed) {
        return new RecordingOptions(
                detail,
                compress,
                allowed,
                createdUnixSeconds,
                tool,
                chunkInstructions,
                checkpointInstructions,
                checkpointLimit);
    }

    public RecordingOptions withCompression(boolean enabled) {
        return new RecordingOptions(
                detail,
                enabled,
                overwrite,
                createdUnixSeconds,
                tool,
                chunkInstructions,
                checkpointInstructions,
                checkpointLimit);
    }

    /** For tests and tiny traces. */
    public RecordingOptions withDistances(long chunk, long checkpoint, long limit) {
        return new RecordingOptions(detail, compress, overwrite, createdUnixSeconds, tool, chunk, checkpoint, limit);
    }
}
