package dev.ringscope.emulator;

import dev.ringscope.emulator.insn.Block;

/**
 * The port through which a machine tells what it does. All calls come on the guest's thread. Flow, events and accesses
 * are each in order; flow comes in batches and so later than the events inside it, whose positions say where they
 * belong. Before {@link #chunkEnd} everything up to that position has been given.
 */
public interface Recorder {
    /** An entry in a flow batch whose high bit is set ends an earlier block early: see {@link #flow}. */
    int PARTIAL = 0x8000_0000;

    /** A recorder to whom nothing but events matters. */
    interface OfEvents extends Recorder {
        @Override
        default void define(Block block) {}

        @Override
        default void flow(int[] entries, int count) {}

        @Override
        default void accesses(AccessLog log) {}

        @Override
        default void registers(RegisterLog log) {}

        @Override
        default long chunkEnd(Snapshot snapshot) {
            return Long.MAX_VALUE;
        }
    }

    /** Takes everything and keeps nothing. */
    Recorder NONE = new OfEvents() {
        @Override
        public void event(Event event) {}
    };

    /** A block is about to be executed for the first time; its {@link Block#id} is one more than the last one's. */
    void define(Block block);

    /**
     * Blocks executed, oldest first. An entry is the id of a block of which every instruction retired, or
     * {@link #PARTIAL} | n directly behind the id of a block of which only the first n instructions retired.
     */
    void flow(int[] entries, int count);

    void event(Event event);

    /**
     * {@link #event} of an {@link Event.RingChange} with these fields. There are guests where every eighth instruction
     * is one: who overrides this needs no object for it.
     */
    default void ringChange(
            long position,
            int from,
            int to,
            Event.Mode fromMode,
            Event.Mode toMode,
            Event.Cause cause,
            int vector,
            long source,
            long sourceValue,
            long fromPc,
            long toPc,
            long fromStack,
            long toStack) {
        event(new Event.RingChange(
                position,
                from,
                to,
                fromMode,
                toMode,
                cause,
                vector,
                source,
                sourceValue,
                fromPc,
                toPc,
                fromStack,
                toStack));
    }

    /** The same of an {@link Event.TableUpdate}. */
    default void tableUpdate(
            long position,
            Event.TableWriter writer,
            int level,
            long entry,
            int entrySize,
            long oldValue,
            long newValue,
            long first,
            long size,
            long root,
            long pc) {
        event(new Event.TableUpdate(
                position, writer, level, entry, entrySize, oldValue, newValue, first, size, root, pc));
    }

    /** Data accesses, when the machine was made to log them; the log is reused after the call. */
    void accesses(AccessLog log);

    /**
     * As {@link #accesses}, where the recorder may keep the log and give another one in its place: nothing is copied.
     *
     * @return what the machine is to go on with, after emptying it
     */
    default AccessLog exchange(AccessLog log) {
        accesses(log);
        return log;
    }

    /** Register writes, when the machine was made to log them; the log is reused after the call. */
    void registers(RegisterLog log);

    /**
     * Right behind {@link #flow}, when the machine was made to note it: the same blocks, with what the processor was
     * doing around each; the log is reused after the call.
     */
    default void blocks(BlockLog log) {}

    /**
     * Called when the position has reached the value returned last (first call: position 0), between two instructions,
     * with flow and accesses flushed: the recorder may take a snapshot.
     *
     * @return the position of the next such call
     */
    long chunkEnd(Snapshot snapshot);
}
