package dev.ringscope.emulator.user;

import java.util.PriorityQueue;

/** The places in the guest's memory where threads that do not run keep their registers. */
final class Slots {
    private final AddressSpace space;
    private final PriorityQueue<Long> free = new PriorityQueue<>();
    private int pages;

    Slots(AddressSpace space) {
        this.space = space;
    }

    /** @return physical address of a slot that nobody has @throws Errno EAGAIN, ENOMEM */
    long take(Answer answer) {
        if (free.isEmpty()) {
            if (pages == ProcessPage.SLOT_PAGES) {
                throw new Errno(Errno.EAGAIN);
            }
            long page = space.pageForKernel();
            long entry = ProcessPage.PLACE + ProcessPage.SLOTS + 8L * pages++;
            answer.add(new Answer.Store(entry, UserMemory.zeros(8).putLong(page).array()));
            for (int n = 0; n < ProcessPage.SLOTS_OF_A_PAGE; n++) {
                free.add(page + (long) n * ProcessPage.SLOT_SIZE);
            }
        }
        return free.remove();
    }

    /** The slot is that thread's, which runs. */
    void own(Answer answer, long slot, int tid) {
        answer.add(new Answer.Store(
                slot + ProcessPage.TID, UserMemory.zeros(4).putInt(tid).array()));
    }

    void give(Answer answer, long slot) {
        own(answer, slot, 0);
        free.add(slot);
    }
}
