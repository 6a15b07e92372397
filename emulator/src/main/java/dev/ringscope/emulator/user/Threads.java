package dev.ringscope.emulator.user;

/** How the program's threads begin and end. */
final class Threads {
    private final LinuxProcess process;
    private final Scheduler scheduler;
    private final SharedSignals shared;
    private final Slots slots;
    private int nextTid = IdentityCalls.PID;
    /** What the first thread left as it ended before others. */
    private int firstStatus;

    Threads(LinuxProcess process, Scheduler scheduler, SharedSignals shared, AddressSpace space) {
        this.process = process;
        this.scheduler = scheduler;
        this.shared = shared;
        slots = new Slots(space);
    }

    /** The program's first thread. @throws Errno EAGAIN, ENOMEM */
    Task first() {
        Task task = add();
        slots.own(process.answer(), task.slot(), task.tid());
        return task;
    }

    /** A thread that starts with these registers. @throws Errno EAGAIN, ENOMEM */
    Task begin(ThreadState state) {
        long blocked = process.signals().blocked();
        Task task = add();
        task.signals().setBlocked(blocked);
        state.store(process.answer(), task.slot(), task.tid());
        return task;
    }

    private Task add() {
        long slot = slots.take(process.answer());
        Task task = new Task(nextTid++, slot, new Signals(shared, scheduler));
        scheduler.add(task);
        return task;
    }

    /** The current thread ends, and the program with it if it is the last. */
    void end(int status) {
        Task task = scheduler.current();
        firstStatus = task.tid() == IdentityCalls.PID ? status : firstStatus;
        if (scheduler.tasks().size() == 1) {
            process.end(process.exit(firstStatus, 0, ""));
            return;
        }
        scheduler.remove(task);
        shared.inherit(task.signals().own());
        slots.give(process.answer(), task.slot());
        if (task.clearedAtEnd() != 0) {
            try {
                process.memory().putU32(task.clearedAtEnd(), 0);
                FutexCalls.wake(process, task.clearedAtEnd(), -1, 1);
            } catch (Errno nowhere) {
                return;
            }
        }
    }
}
