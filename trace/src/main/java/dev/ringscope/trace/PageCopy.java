package dev.ringscope.trace;

import dev.ringscope.emulator.Snapshot;
import dev.ringscope.trace.format.PageGroups;

/**
 * Up to 64 pages as they are at a checkpoint, which are copied while the guest runs on: by the encoder's thread, or by
 * the guest's before it writes one of them, whichever comes first.
 */
final class PageCopy implements Runnable {
    /** Bytes that are needed for the copy. */
    static final int BYTES = PageGroups.PAGES * PageGroups.PAGE;

    /** Where the guest's thread gets room for its copies. */
    interface Room {
        /** Waits until there is some. */
        byte[] take();

        /** Gives it back; on any thread. */
        void give(byte[] bytes);
    }

    private final byte[] memory;
    private final long[] pages;
    private final int[] places;
    private final Room room;
    private boolean copied;
    /** What the guest's thread has copied. */
    private byte[] copy;

    PageCopy(Snapshot snapshot, long[] pages, Room room) {
        this.pages = pages;
        this.room = room;
        places = snapshot.pageIndices(pages);
        memory = snapshot.memory();
        snapshot.beforeWrite(pages, this);
    }

    /** The pages' numbers. */
    long[] pages() {
        return pages;
    }

    /** The guest's thread is about to write. */
    @Override
    public void run() {
        if (isCopied()) {
            return;
        }
        byte[] bytes = room.take(); // before the lock: room comes from an encoder that may want these very pages
        if (!keep(bytes)) {
            room.give(bytes);
        }
    }

    private synchronized boolean isCopied() {
        return copied;
    }

    private synchronized boolean keep(byte[] bytes) {
        if (copied) {
            return false;
        }
        copyTo(bytes);
        copy = bytes;
        return true;
    }

    private void copyTo(byte[] bytes) {
        for (int i = 0; i < places.length; i++) {
            System.arraycopy(memory, places[i], bytes, i * PageGroups.PAGE, PageGroups.PAGE);
        }
        copied = true;
    }

    /**
     * The pages, one behind the other, for the encoder's thread.
     *
     * @param own where they are copied if they have not been yet
     */
    synchronized byte[] bytes(byte[] own) {
        if (copied) {
            return copy;
        }
        copyTo(own);
        return own;
    }

    /** The encoder needs them no more, or never will. */
    synchronized void release() {
        copied = true;
        if (copy != null) {
            room.give(copy);
            copy = null;
        }
    }
}
