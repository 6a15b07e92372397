package dev.ringscope.trace.query;

import dev.ringscope.emulator.Event;
import dev.ringscope.proto.trace.v1.CodeKind;

/**
 * An instruction that retired.
 *
 * @param position instructions that retired before it
 * @param address linear address
 * @param pc what the program counter held: an offset in the code segment
 * @param ring the ring it ran in
 * @param root the translation root it ran under: CR3
 * @param code its bytes
 */
@SuppressWarnings("ArrayRecordComponent")
public record ExecutedInstruction(
        long position, long address, long pc, int ring, Event.Mode mode, CodeKind kind, long root, byte[] code) {}
