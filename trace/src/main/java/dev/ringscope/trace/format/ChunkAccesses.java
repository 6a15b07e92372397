package dev.ringscope.trace.format;

import dev.ringscope.emulator.AccessLog;
import java.util.List;

/**
 * The data accesses of one chunk, with all that it takes to encode them while the next chunk is gathered.
 *
 * @param logs nothing but these accesses, in order
 * @param slots of the chunk's positions
 * @param slotCount one more than the highest slot
 */
record ChunkAccesses(List<AccessLog> logs, SlotMap slots, int slotCount, long firstPosition) {}
