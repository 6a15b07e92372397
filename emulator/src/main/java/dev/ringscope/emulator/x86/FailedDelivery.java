package dev.ringscope.emulator.x86;

import dev.ringscope.emulator.Event;

/**
 * An exception or interrupt that did not get to its handler, and the fault that was met on the way.
 *
 * @param of what was to be delivered; a double fault has reason NESTED and stands for {@code met} of the link before it
 * @param met the fault; its reason and detail are those of the check that failed
 */
public record FailedDelivery(Event.Trap of, Event.Trap met) {}
