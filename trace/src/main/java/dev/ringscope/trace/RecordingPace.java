package dev.ringscope.trace;

/**
 * How much a recording held its guest up so far, in nanoseconds of real time.
 *
 * @param checkpoints how many were taken behind the first, which is taken before the guest begins
 * @param longestStop for how long the guest stood still at most while one was taken; what it waited for the encoder
 *     meanwhile counts
 * @param stops for all of them
 * @param waiting for how long it waited for the encoder in all
 */
public record RecordingPace(long checkpoints, long longestStop, long stops, long waiting) {}
